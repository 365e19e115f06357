import BrokerCore
import MQTTLink
import Reactor
import SessionLink
import WebSocket

/// What the broker's side of the daemon has to say in the log.
public enum BrokerNotice: Sendable {
  /// A listener is open.
  case listening(SocketAddress)
  /// A listener is open on a Unix socket.
  case listeningAt(path: String)
  /// A connection was accepted on a port.
  case accepted(SocketAddress, port: UInt16)
  /// A connection speaks WebSocket from now on.
  case upgraded(SocketAddress)
  /// A client has opened a session.
  case opened(OpenedClient)
  /// A connection was closed by a decision on this side, or by a DISCONNECT.
  case closed(clientID: String, SocketAddress, CloseReason)
  /// The peer has closed the connection, or it broke.
  case lost(clientID: String, SocketAddress, SystemError?)
  /// A connection was closed for a WebSocket frame.
  case unfit(clientID: String, SocketAddress, FrameFault)
  /// A connection was closed for what came before MQTT.
  case rejected(SocketAddress, reason: String)
  /// The hub has something to say.
  case remark(BrokerRemark)
  /// A packet came or goes, where packets are traced.
  case packet(TracedPacket)
  /// So many packets were not noted: too many at one time.
  case untraced(Int)
  /// Accepting failed, or connections were turned away for want of descriptors.
  case failed(SystemError)
  /// The listener at that port is at its limit of connections; without a port all of them together.
  case turnedAway(SocketAddress, port: UInt16?)
}

/// A client that has opened a session.
public struct OpenedClient: Sendable {
  /// The Client Identifier, printable.
  public var clientID: String
  /// The user name, printable, where there is one.
  public var userName: String?
  /// Where it is.
  public var peer: SocketAddress
  /// The number of its version in CONNECT: 3, 4 or 5 [MQTT5 3.1.2.2].
  public var protocolLevel: UInt8
  /// Whether its session ends with the connection.
  public var isClean: Bool
  /// In seconds; 0 for none.
  public var keepAlive: UInt16
}

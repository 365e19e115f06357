import BrokerCore
import MQTTLink
import Reactor
import SessionLink

/// What the broker's side of the daemon has to say in the log.
public enum BrokerNotice: Sendable {
  /// A listener is open.
  case listening(SocketAddress)
  /// A connection was accepted on a port.
  case accepted(SocketAddress, port: UInt16)
  /// A client has opened a session.
  case opened(clientID: String, SocketAddress, isCleanStart: Bool, keepAlive: UInt16)
  /// A connection was closed by a decision on this side, or by a DISCONNECT.
  case closed(clientID: String, SocketAddress, CloseReason)
  /// The peer has closed the connection, or it broke.
  case lost(clientID: String, SocketAddress, SystemError?)
  /// The hub has something to say.
  case remark(BrokerRemark)
  /// Accepting failed, or connections were turned away for want of descriptors.
  case failed(SystemError)
  /// The listener is at its limit of connections.
  case turnedAway(SocketAddress, port: UInt16)
}

import Glibc
import MQTTClient
import MQTTTerms
import Reactor
import SecureStreams
import Slabs
import Streams

/// An MQTT client on a TCP connection, with the loop that it needs: for a program that has nothing
/// else to wait for than its broker, its standard input and its signals.
///
///     var stream = try ClientStream()
///     try stream.open(host: "localhost", port: 1883, settings, until: nil)
///     while !stream.isOver {
///       _ = try stream.wait(until: nil)
///       while let event = stream.next() { … }
///     }
public struct ClientStream: ~Copyable {
  /// How many requests may wait for their acknowledgement.
  public static var window: Int { 64 }

  /// How many octets of answers may wait for a broker that sends and does not read.
  public static var answerLimit: Int { 1 << 20 }

  /// How many messages of QoS 2 may wait for their release.
  static var incoming: UInt16 { 1_024 }

  var client = Client<64, 1_024, 32_768>()
  var loop: ClientReactor

  var socket: Descriptor?
  var pool = BlockPool()
  var output = OutputQueue()
  /// How many octets of answers were queued since nothing waited for the network.
  var answerCount = 0
  var waitsForRoom = false

  /// How the broker is reached; holds from the next `open` on.
  public var transport = ClientTransport()
  var frames = Seldom<ClientFrames>()
  var security = Seldom<ClientSecurity>()

  var buffer = ReceiveBuffer()
  var tail = TailBuffer()
  var consumed = 0
  var hasBytes = false

  /// Why the connection was lost, when it was: a system call failed, or the broker closed it.
  public internal(set) var failure: SystemError?

  /// What was not to be agreed on with the broker, where that has ended the connection.
  public internal(set) var failedLayer: ClientLayer?

  /// Makes a client without a connection. Blocks SIGINT and SIGTERM, which `wait` tells instead.
  public init() throws(SystemError) { loop = try ClientReactor() }

  /// The descriptor that can be read while there is something to do, for a program that waits for
  /// more than its broker: `wait(until: 0)` does it.
  public var number: Int32 { loop.reactor.number }

  /// Whether there is no Network Connection, or it is lost.
  public var isOver: Bool { socket == nil }

  /// Whether the broker has accepted the connection, and nothing has ended it.
  public var isConnected: Bool { client.isConnected }

  /// Whether another message of QoS 1 or 2 can be sent now.
  public var canPublish: Bool { client.canPublish }

  /// What the broker takes.
  public var serverLimits: ServerLimits { client.serverLimits }

  /// How many requests wait for their acknowledgement.
  public var inFlightCount: Int { client.inFlightCount }

  /// How many octets wait for the network to take them.
  public var pendingCount: Int {
    output.pendingCount + (frames.isThere ? frames[].outbound.pendingCount : 0)
      + (security.isThere ? security[].outbound.pendingCount : 0)
  }

  /// The next signal that has come.
  public func nextSignal() -> Int32? { loop.signals.next() }
}

/// What may be between MQTT and the socket.
public enum ClientLayer: Sendable, Equatable {
  /// TLS, nearest to the socket.
  case tls
  /// WebSocket.
  case webSocket

  /// What fails when it does.
  var operation: String { self == .tls ? ClientSecurity.operation : "speak WebSocket" }

  /// The layer that this is about.
  init?(_ error: SystemError) {
    switch error.operation {
    case ClientLayer.tls.operation: self = .tls
    case ClientLayer.webSocket.operation: self = .webSocket
    default: return nil
    }
  }
}

extension ClientStream: WatchesInput {
  /// Tells when `descriptor` can be read; false for an ordinary file.
  public mutating func watchInput(_ descriptor: Int32) throws(SystemError) -> Bool {
    try loop.watchInput(descriptor)
  }

  /// Switches the watching of that input off and on again.
  public mutating func setInputWatched(
    _ descriptor: Int32, _ isWatched: Bool
  ) throws(SystemError) {
    try loop.setInputWatched(descriptor, isWatched)
  }
}

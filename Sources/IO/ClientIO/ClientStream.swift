import Glibc
import MQTTClient
import MQTTTerms
import Reactor
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

  /// How many messages of QoS 2 may wait for their release.
  static var incoming: UInt16 { 1_024 }

  /// What a wait has found beside the broker's bytes.
  public struct Readiness: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A signal has come: ask `nextSignal`.
    public static let signal = Readiness(rawValue: 1)
    /// The watched input can be read.
    public static let input = Readiness(rawValue: 2)
  }

  enum Token {
    static let socket: UInt64 = 0
    static let signals: UInt64 = 1
    static let input: UInt64 = 2
  }

  var client = Client<64, 1_024, 32_768>()
  var reactor: Reactor
  let signals: SignalReader

  var socket: Descriptor?
  var pool = BlockPool()
  var output = OutputQueue()
  var waitsForRoom = false

  var buffer = ReceiveBuffer()
  var tail = TailBuffer()
  var consumed = 0
  var hasBytes = false

  /// Why the connection was lost, when it was: a system call failed, or the broker closed it.
  public internal(set) var failure: SystemError?

  /// Makes a client without a connection. Blocks SIGINT and SIGTERM, which `wait` tells instead.
  public init() throws(SystemError) {
    let signals = try SignalReader(SIGINT, SIGTERM)
    var reactor = try Reactor()
    try reactor.add(signals.number, token: Token.signals, interest: .readable)
    self.init(reactor: reactor, signals: signals)
  }

  private init(reactor: consuming Reactor, signals: consuming SignalReader) {
    self.reactor = reactor
    self.signals = signals
  }

  /// The descriptor that can be read while there is something to do, for a program that waits for
  /// more than its broker: `wait(until: 0)` does it.
  public var number: Int32 { reactor.number }

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
  public var pendingCount: Int { output.pendingCount }

  /// The next signal that has come.
  public func nextSignal() -> Int32? { signals.next() }

  /// Tells when `descriptor` can be read, as `Readiness.input`. False: it is an ordinary file, which
  /// can always be read.
  public mutating func watchInput(_ descriptor: Int32) throws(SystemError) -> Bool {
    do throws(SystemError) {
      try reactor.add(descriptor, token: Token.input, interest: .readable)
      return true
    } catch {
      if error.code == EPERM { return false }
      throw error
    }
  }

  /// Switches the watching of that input off and on again.
  public mutating func setInputWatched(
    _ descriptor: Int32, _ isWatched: Bool
  ) throws(SystemError) {
    try reactor.modify(descriptor, token: Token.input, interest: isWatched ? .readable : [])
  }
}

import MQTTSNClient
import MQTTTerms
import Reactor

/// An MQTT-SN client on a UDP socket or a serial line, with the loop that it needs: what
/// `ClientStream` is for MQTT.
///
///     var stream = try NodeStream(settings)
///     try stream.open(route)
///     try stream.connect()
///     while !stream.isOver {
///       _ = try stream.wait(until: nil)
///       while let event = stream.next() { … }
///     }
///
/// It tells the gateway its will when it is asked.
public struct NodeStream: ~Copyable {
  /// How many messages of QoS 2 may wait for their release.
  private static var window: Int { 64 }

  /// How many octets may wait for a serial line before nothing more is published.
  private static var pendingLimit: Int { 8_192 }

  let settings: NodeSettings
  var client: Client<65_507, 64, AllAbilities>
  var loop: ClientReactor
  var line: NodeLine?
  var waitsForRoom = false

  /// The messages that have come, and how many of them the client has taken.
  var messages: [[UInt8]] = []
  var takenCount = 0
  var message: [UInt8] = []
  var room = [UInt8](repeating: 0, count: NodeLine.datagramSize)

  /// Whether messages are kept for `nextTraced`.
  public var isTraced = false
  var traced: [TracedMessage] = []

  /// Why the line was lost, when it was.
  public internal(set) var failure: SystemError?

  /// Makes a node without a line. Blocks SIGINT and SIGTERM, which `wait` tells instead.
  public init(_ settings: NodeSettings) throws(SystemError) {
    self.settings = settings
    loop = try ClientReactor()
    client = Client(retryInterval: settings.retryInterval, retryLimit: settings.retryLimit)
  }

  /// Opens the way to the gateway; nothing is sent yet.
  public mutating func open(_ route: GatewayRoute) throws(SystemError) {
    close()
    failure = nil
    let opened = try NodeLine.open(route)
    try loop.reactor.add(opened.number, token: ClientReactor.Token.peer, interest: .readable)
    line = consume opened
  }

  /// Closes the line and forgets what was not sent.
  public mutating func close() {
    client.abandon()
    line = nil
    waitsForRoom = false
    messages = []
    takenCount = 0
  }

  /// Whether there is no line, or it is lost.
  public var isOver: Bool { line == nil }

  /// What the node is to its gateway.
  public var state: ClientState { client.state }

  /// Whether a request is under way, so that another one would be refused.
  public var isBusy: Bool { client.isBusy }

  /// How many octets wait for a serial line to take them.
  public var pendingCount: Int {
    switch line {
    case let line?: line.pendingCount
    case nil: 0
    }
  }

  /// Whether a request can be made now that needs no connection.
  public var isFree: Bool { !client.isBusy && pendingCount < Self.pendingLimit }

  /// The next signal that has come.
  public func nextSignal() -> Int32? { loop.signals.next() }

  /// The next message that went or came while `isTraced`.
  public mutating func nextTraced() -> TracedMessage? {
    traced.isEmpty ? nil : traced.removeFirst()
  }
}

/// A message as it went or came.
public struct TracedMessage: Sendable {
  /// Whether the node has sent it.
  public let isSent: Bool
  /// The whole message.
  public let octets: [UInt8]
}

extension NodeStream: WatchesInput {
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

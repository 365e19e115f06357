import MQTTSNCodec
import MQTTTerms
import WireBytes

/// One MQTT-SN client toward one gateway, without input, output or clock of its own.
///
/// The owner hands in datagrams with `receive` and time with `advance`, takes datagrams with
/// `nextTransmit` until it returns false, takes what happened with `nextEvent`, and comes back at
/// `nextDeadline`. Wishes are the methods `connect`, `register`, `publish`, `subscribe` and
/// `disconnect`; one request at a time waits for its answer, and is repeated until it comes.
///
/// `capacity` is the longest request in octets; it is kept in place, and nothing else grows.
public struct Client<let capacity: Int>: ~Copyable {
  /// How long an answer is waited for, T_RETRY, in milliseconds.
  public let retryInterval: UInt32
  /// How often a request is repeated before the gateway counts as lost, N_RETRY.
  public let retryLimit: UInt8

  /// What this client is to the gateway.
  public internal(set) var state: ClientState
  /// How many datagrams were dropped because they are no messages.
  public internal(set) var malformedDatagrams: UInt32
  /// How many requests were sent again.
  public internal(set) var retransmissions: UInt32

  // The one request: what it is, its octets for the next try, how it stands.
  var request: Request?
  var octets: FixedBytes<capacity>
  var messageID: PacketIdentifier
  var isDue: Bool
  var awaitsAnswer: Bool
  var tries: UInt8
  var retryTime: TickTime

  // The one answer that is owed to the gateway.
  var reply: Reply
  // Keep alive: 0 means no supervision.
  var keepAlive: UInt16
  var pingTries: UInt8
  var isPingDue: Bool
  var pingTime: TickTime

  var event: ClientEvent?
  var now: TickTime

  /// A client that has not connected, T_RETRY in milliseconds.
  public init(retryInterval: UInt32 = 10_000, retryLimit: UInt8 = 3) {
    self.retryInterval = retryInterval
    self.retryLimit = retryLimit
    now = TickTime(milliseconds: 0)
    (retryTime, pingTime) = (now, now)
    state = .disconnected
    (malformedDatagrams, retransmissions) = (0, 0)
    octets = FixedBytes()
    messageID = .none
    (isDue, awaitsAnswer, isPingDue) = (false, false, false)
    (tries, pingTries, keepAlive) = (0, 0, 0)
    reply = .none
  }

  /// Whether a request is under way, so that another one would be refused.
  public var isBusy: Bool { request != nil }

  /// Takes what happened last. Take it after every `receive` and `advance`: a later event replaces
  /// one that was not taken.
  public mutating func nextEvent() -> ClientEvent? {
    let taken = event
    event = nil
    return taken
  }
}

/// What a client is to its gateway [SN 6.14].
public enum ClientState: UInt8, BitwiseCopyable, Sendable {
  /// Unknown to the gateway.
  case disconnected
  /// A CONNECT is under way.
  case connecting
  /// Connected.
  case active
  /// A DISCONNECT is under way.
  case disconnecting
}

/// What a client can ask of its gateway.
public enum Request: UInt8, BitwiseCopyable, Sendable {
  /// CONNECT
  case connect
  /// REGISTER
  case register
  /// PUBLISH
  case publish
  /// SUBSCRIBE
  case subscribe
  /// DISCONNECT
  case disconnect
}

/// What happened to a client.
public enum ClientEvent: BitwiseCopyable, Sendable, Equatable {
  /// The gateway accepted the CONNECT. Topic ids of before may be gone.
  case connected
  /// The gateway gave the registered name this topic id.
  case registered(UInt16)
  /// The gateway acknowledged the PUBLISH.
  case published
  /// The gateway accepted the SUBSCRIBE: the topic id, 0 for a filter with a wildcard; the QoS.
  case subscribed(UInt16, QoS)
  /// The gateway refused a request and it is forgotten: after `congestion` wait T_WAIT, after
  /// `invalidTopicID` of a PUBLISH register again.
  case refused(Request, ReturnCode)
  /// The gateway confirmed the DISCONNECT, or does not know this client: connect again.
  case disconnected
  /// The gateway did not answer the last of N_RETRY repetitions.
  case lost
}

/// Why a wish is not taken up. Sorted by whose fault it is.
public enum ClientError: Error, BitwiseCopyable, Equatable {
  /// Out of room: the request is longer than the client's capacity.
  case outOfRoom
  /// Wrong use: another request is under way.
  case busy
  /// Wrong use: the client is not connected.
  case notConnected
  /// Wrong use: QoS 2, or QoS −1 with a topic id that needs a connection.
  case unsupported
}

import MQTTSNCodec
import MQTTTerms
import WireBytes

/// One MQTT-SN client toward one gateway, without input, output or clock of its own.
///
/// The owner hands in datagrams with `receive` and time with `advance`, takes datagrams with
/// `nextTransmit` until it returns false, takes what happened with `nextEvent`, and comes back at
/// `nextDeadline`. Wishes are methods: `connect`, `register`, `publish`, `subscribe`, `unsubscribe`,
/// `updateWillTopic`, `updateWillMessage`, `fallAsleep`, `wake` and `disconnect`. One request at a
/// time waits for its answer, and is repeated until it comes. A gateway is found by `GatewaySearch`.
///
/// `capacity` is the longest request in octets. `window` is how many messages of QoS 2 may wait for
/// their release by the gateway, which sends one at a time if it keeps to the text; 0 stands for a
/// client without QoS 2 in both directions, and without its code. Both are kept in place, and
/// nothing else grows. `Abilities` are what it can do beside.
public struct Client<
  let capacity: Int, let window: Int, Abilities: ClientAbilities
>: ~Copyable {
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
  // The messages of QoS 2 that are delivered and not released.
  var unreleased: UnreleasedMessages<window>
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
    unreleased = UnreleasedMessages()
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

import SessionLink

/// What the broker lets its peers use. Nothing grows without one of these.
public struct BrokerLimits: BitwiseCopyable, Sendable, Equatable {
  /// Messages that wait for one session; 0 for no limit.
  public var queuedMessages = 1000
  /// Octets of payload that wait for one session; 0 for no limit.
  public var queuedOctets = 0
  /// QoS 1 messages in flight to one client, unless it says less.
  public var inFlightMessages: UInt16 = 20
  /// Octets of payload in flight to one client at QoS 1 and 2; 0 for no limit. One message may
  /// always be in flight.
  public var inFlightOctets = 0
  /// QoS 1 and QoS 2 messages that a client may have on their way to the broker: its Receive
  /// Maximum [MQTT5 3.2.2.3.3].
  public var receiveMaximum: UInt16 = 20
  /// Whether a client that has more on their way is closed, instead of a line in the log.
  public var enforcesReceiveMaximum = false
  /// QoS 2 messages of one client that it has not released: more close it in any case.
  public var incomingExactlyOnce = 1024
  /// Octets of one payload; 0 for no limit. Larger messages are answered and not kept.
  public var messageOctets = 0
  /// Octets of all messages that are held, and of the places in queues; 0 for no limit.
  public var heldOctets = 0
  /// Sessions, connected or not.
  public var sessions = 100_000
  /// Filters of one session.
  public var subscriptionsPerSession = 20_000
  /// Retained messages.
  public var retainedMessages = 1_000_000
  /// Octets of a Client Identifier.
  public var clientIdentifierLength = 1024
  /// Levels of a Topic Filter or Topic Name.
  public var topicLevels = 200

  /// Whether a retained message is kept back whose publisher may not publish it any more.
  public var checksRetainedSource = true
  /// Whether QoS 0 messages wait for clients that are away.
  public var queuesQoS0 = false
  /// Whether a message goes out with the QoS of the subscription, even when that is higher.
  public var upgradesQoS = false
  /// Whether a client gets a copy for each of its subscriptions that match, unless one copy tells
  /// them all.
  public var deliversOverlaps = false
  /// Whether a payload that is said to be text must be text [MQTT5 3.3.2.3.2].
  public var checksPayloadFormat = false

  /// The defaults.
  public init() {}
}

/// The limits that can be met while the broker runs, each with a counter.
public enum Bound: Int, CaseIterable, Sendable {
  /// `queuedMessages`
  case queuedMessages
  /// `queuedOctets`
  case queuedOctets
  /// `receiveMaximum`, and `incomingExactlyOnce`
  case receiveMaximum
  /// `messageOctets`
  case messageOctets
  /// `heldOctets`
  case heldOctets
  /// `sessions`
  case sessions
  /// `subscriptionsPerSession`
  case subscriptions
  /// `retainedMessages`
  case retainedMessages
  /// `clientIdentifierLength`
  case clientIdentifierLength
  /// `topicLevels`
  case topicLevels
}

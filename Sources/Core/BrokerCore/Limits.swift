/// What the broker lets its peers use. Nothing grows without one of these.
public struct BrokerLimits: BitwiseCopyable, Sendable, Equatable {
  /// Messages that wait for one session; 0 for no limit.
  public var queuedMessages = 1000
  /// QoS 1 messages in flight to one client, unless it says less.
  public var inFlightMessages: UInt16 = 20
  /// QoS 2 messages of one client that it has not released.
  public var incomingExactlyOnce = 1024
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

  /// The defaults.
  public init() {}
}

/// Who may do what.
public struct AccessPolicy: BitwiseCopyable, Sendable, Equatable {
  /// Whether peers without a login may connect.
  public var allowsAnonymous: Bool

  /// Makes a policy.
  public init(allowsAnonymous: Bool) { self.allowsAnonymous = allowsAnonymous }
}

/// What the broker has counted since it started.
public struct BrokerStatistics: BitwiseCopyable, Sendable, Equatable {
  /// PUBLISHes taken in.
  public var publishesReceived: UInt64 = 0
  /// PUBLISHes handed to links.
  public var publishesSent: UInt64 = 0
  /// Messages that found a full queue, or a link that takes no QoS 0.
  public var publishesDropped: UInt64 = 0
  /// Octets of payload taken in.
  public var payloadReceived: UInt64 = 0
  /// Octets of payload handed to links.
  public var payloadSent: UInt64 = 0
  /// Retained messages now.
  public var retainedMessages = 0
  /// Subscriptions now.
  public var subscriptions = 0
  /// Sessions whose time was over.
  public var sessionsExpired: UInt64 = 0
  /// The most connected clients there were at once.
  public var connectedMaximum = 0

  init() {}
}

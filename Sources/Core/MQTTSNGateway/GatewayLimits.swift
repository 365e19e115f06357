import SessionLink

/// How a gateway behaves.
public struct GatewayOptions: BitwiseCopyable, Sendable, Equatable {
  /// GwId: unique in the network by configuration.
  public var gatewayID: UInt8 = 1
  /// T_ADV in seconds: how often the gateway advertises itself; 0 for never.
  public var advertiseInterval: UInt16 = 0
  /// Tretry in milliseconds: how long the gateway waits for the answer of a node.
  public var retryInterval: UInt64 = 10_000
  /// Nretry: how often a request is sent again before the node counts as lost.
  public var retryLimit: UInt8 = 4
  /// How long a session without CleanSession outlives its node's absence, in seconds;
  /// `UInt32.max` for ever.
  public var sessionExpiry: UInt32 = .max
  /// Whether messages of QoS −1 are passed on; the hub's policy is asked as well.
  public var allowsPublishWithoutConnection = true
  /// How many QoS 1 and 2 messages may be on their way to one node at once [SN 6.6].
  public var nodeInflightMessages: UInt16 = 1
  /// How many messages may wait for one node that sleeps or is slow.
  public var nodeQueueMessages: UInt32 = 100
  /// What goes when more would.
  public var nodeQueuePolicy = OverflowPolicy.dropOldest
  /// What nodes may use.
  public var limits = GatewayLimits()

  /// The defaults.
  public init() {}
}

/// What a gateway lets nodes use. Nothing grows without one of these.
public struct GatewayLimits: BitwiseCopyable, Sendable, Equatable {
  /// Nodes, half-connected ones included.
  public var nodes = 10_000
  /// Topic ids of one node (at most 65,534).
  public var topicsPerNode = 256
  /// Octets of all registered names of one node, and of a will topic.
  public var topicOctetsPerNode = 16_384
  /// Messages that wait for one node: for a REGACK, or for the PUBACK of the one before.
  public var pendingPerNode = 256
  /// Octets of a client identifier (the text says 23, peers send more).
  public var clientIdentifierLength = 255
  /// Answers to strangers a second, and as many notices about them.
  public var strangersPerSecond: UInt32 = 20

  /// The defaults.
  public init() {}
}

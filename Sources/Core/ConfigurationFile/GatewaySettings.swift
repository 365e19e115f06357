/// How the MQTT-SN gateway treats nodes.
public struct GatewaySettings: Sendable, Equatable {
  /// Where forwarders may speak for nodes.
  public enum Forwarders: Sendable, Equatable {
    /// On serial lines and loopback addresses.
    case local
    /// On every line.
    case everywhere
    /// Nowhere.
    case nowhere
  }

  /// What goes when too many messages wait for a node.
  public enum QueuePolicy: Sendable, Equatable {
    /// The one that has waited longest.
    case dropsOldest
    /// What waits with the same topic as the new one; else the one that has waited longest.
    case keepsNewestPerTopic
  }

  /// Where forwarders may speak for nodes (`forwarders`).
  public var forwarders = Forwarders.local
  /// Whether messages of QoS −1 are taken (`publish_without_connection`).
  public var allowsPublishWithoutConnection = true
  /// Whether nodes that are not listed get in; nil as anonymous clients do
  /// (`allow_unlisted_nodes`).
  public var allowsUnlistedNodes: Bool?
  /// Nodes at one time (`max_nodes`).
  public var maxNodes = 10_000
  /// Topic ids of one node (`max_node_topics`).
  public var maxNodeTopics = 256
  /// Messages of QoS 1 and 2 on the way to one node (`node_inflight_messages`).
  public var nodeInflightMessages: UInt16 = 1
  /// Messages that wait for one node (`node_queue_messages`).
  public var nodeQueueMessages: UInt32 = 100
  /// What goes when more would (`node_queue_policy`).
  public var nodeQueuePolicy = QueuePolicy.dropsOldest
  /// Tretry in seconds (`node_retry_interval`).
  public var nodeRetryInterval: UInt16 = 10
  /// Nretry (`node_retry_limit`).
  public var nodeRetryLimit: UInt8 = 4

  /// The defaults.
  public init() {}
}

/// One node that is known by its client identifier (`node`).
public struct NodeSettings: Sendable, Equatable {
  /// Its client identifier.
  public var clientID: String
  /// The host's address or the serial line's path that it has to be at; nil for anywhere.
  public var place: String?
  /// Its user name.
  public var userName: String

  /// A node of those parts.
  public init(clientID: String, place: String? = nil, userName: String) {
    self.clientID = clientID
    self.place = place
    self.userName = userName
  }
}

/// How much peers may ask of the broker.
public struct LimitSettings: Sendable, Equatable {
  // What waits and what flies.

  /// Messages of QoS above 0 on the way to one client, and from it; 0 for no limit
  /// (`max_inflight_messages`).
  public var maxInflightMessages = 20
  /// Octets of payload on the way to one client at QoS above 0; 0 for no limit
  /// (`max_inflight_bytes`).
  public var maxInflightBytes = 0
  /// Messages that wait for one client; 0 for no limit (`max_queued_messages`).
  public var maxQueuedMessages = 1000
  /// Octets of payload that wait for one client; 0 for no limit (`max_queued_bytes`).
  public var maxQueuedBytes = 0
  /// QoS 2 messages that one client may leave unreleased (`max_incoming_qos2`).
  public var maxIncomingQoS2 = 1024

  // Packets and messages.

  /// The longest packet in octets (`max_packet_size`).
  public var maxPacketSize = 2_000_000
  /// The longest CONNECT, SUBSCRIBE, UNSUBSCRIBE and AUTH in octets (`max_request_size`).
  public var maxRequestSize = 100_000
  /// The longest packet that only answers, and the longest DISCONNECT, in octets
  /// (`max_answer_size`).
  public var maxAnswerSize = 10_000
  /// Properties of one packet (`max_properties`).
  public var maxProperties = 1000
  /// The longest payload in octets; 0 for no limit (`message_size_limit`).
  public var messageSizeLimit = 0
  /// Levels of a topic (`max_topic_levels`).
  public var maxTopicLevels = 200

  // What is held.

  /// Octets of all messages that are held; 0 for no limit (`memory_limit`).
  public var memoryLimit = 0
  /// Sessions, connected or not; nil for the usual bound (`global_max_clients`).
  public var maxClients: Int?
  /// Connections of all listeners together; nil for no limit (`global_max_connections`).
  public var maxConnections: Int?
  /// Subscriptions of one client (`max_subscriptions`).
  public var maxSubscriptions = 20_000
  /// Retained messages (`max_retained_messages`).
  public var maxRetainedMessages = 1_000_000
  /// Octets of a Client Identifier (`max_clientid_length`).
  public var maxClientIDLength = 1024

  // Time.

  /// Seconds for the CONNECT to come (`connect_timeout`).
  public var connectTimeout: UInt16 = 30
  /// The longest keep alive in seconds; 0 for no limit (`max_keepalive`).
  public var maxKeepalive: UInt16 = 0
  /// Seconds between two rounds of `$SYS`; 0 for none (`sys_interval`).
  public var sysInterval: UInt16 = 10
  /// Seconds after which a kept session of an absent client is dropped; nil for never
  /// (`persistent_client_expiration`).
  public var persistentClientExpiration: UInt64?

  /// Whether small packets leave at once (`set_tcp_nodelay`; on by default here).
  public var setsTCPNodelay = true

  /// The defaults.
  public init() {}
}

/// How the broker treats sessions and messages where there is a choice.
public struct MessagingSettings: Sendable, Equatable {
  /// Whether messages are retained (`retain_available`).
  public var isRetainAvailable = true
  /// What the identifiers of MQTT clients must begin with (`clientid_prefixes`).
  public var clientIDPrefix: String?
  /// Whether the rights of a retained message's publisher are asked for when it goes out
  /// (`check_retain_source`).
  public var checksRetainedSource = true
  /// Whether QoS 0 messages wait for clients that are away (`queue_qos0_messages`).
  public var queuesQoS0 = false
  /// Whether a message goes out with the QoS of the subscription, even when that is higher
  /// (`upgrade_outgoing_qos`).
  public var upgradesQoS = false
  /// Whether a client before 5.0 gets a copy for each of its subscriptions that match
  /// (`allow_duplicate_messages`).
  public var deliversOverlaps = false
  /// Whether a client that exceeds its Receive Maximum is closed (`enforce_receive_maximum`).
  public var enforcesReceiveMaximum = false
  /// Whether a payload that is said to be text must be text (`check_payload_format`).
  public var checksPayloadFormat = false

  /// The defaults.
  public init() {}
}

import BrokerCore
import BrokerIO

/// How often the limit of one option was met: a row of `$SYS/broker/limits/…/hits`.
struct LimitCounter: Sendable {
  /// The option's name.
  let option: String
  /// What counts it.
  let hits: @Sendable (BrokerStatistics, BrokerService.Traffic) -> UInt64

  private init(_ option: String, _ bound: Bound) {
    self.option = option
    hits = { statistics, _ in statistics.hits(bound) }
  }

  private init(
    _ option: String, _ place: any KeyPath<BrokerService.Traffic, UInt64> & Sendable
  ) {
    self.option = option
    hits = { _, traffic in traffic[keyPath: place] }
  }

  /// All of them.
  static let all = [
    LimitCounter("max_inflight_messages", .receiveMaximum),
    LimitCounter("max_queued_messages", .queuedMessages),
    LimitCounter("max_queued_bytes", .queuedOctets),
    LimitCounter("message_size_limit", .messageOctets),
    LimitCounter("memory_limit", .heldOctets),
    LimitCounter("global_max_clients", .sessions),
    LimitCounter("max_subscriptions", .subscriptions),
    LimitCounter("max_retained_messages", .retainedMessages),
    LimitCounter("max_clientid_length", .clientIdentifierLength),
    LimitCounter("max_topic_levels", .topicLevels),
    LimitCounter("max_connections", \.turnedAway),
    LimitCounter("global_max_connections", \.turnedAwayByAll),
    LimitCounter("max_packet_size", \.tooLarge),
    LimitCounter("max_properties", \.tooManyProperties),
    LimitCounter("connect_timeout", \.neverConnected),
    LimitCounter("max_keepalive", \.keepAliveTooLong),
    LimitCounter("accept_protocol_versions", \.unsupportedVersion),
    LimitCounter("max_qos", \.qosNotSupported),
    LimitCounter("retain_available", \.retainNotSupported),
    LimitCounter("max_topic_alias", \.topicAliasInvalid),
  ]
}

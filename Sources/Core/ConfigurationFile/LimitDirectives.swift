extension Directive {
  /// What peers may use, and how much of it.
  static let limits: [Directive] = waiting + packets + holdings + times

  private static let waiting: [Directive] = [
    .global(
      "max_inflight_messages", .integer(0...65535), \.limits.maxInflightMessages,
      counted: .itself,
      "Messages of QoS 1 and 2 on the way to one client, and from it; 0 for no limit."),
    .global(
      "max_inflight_bytes", .octets, \.limits.maxInflightBytes,
      "Octets of payload on the way to one client at QoS 1 and 2: more wait; 0 for no limit. "
        + "One message may always be on its way."),
    .global(
      "max_queued_messages", .integer(0...Int(Int32.max)), \.limits.maxQueuedMessages,
      counted: .itself, "Messages that wait for one client: more are dropped; 0 for no limit."),
    .global(
      "max_queued_bytes", .octets, \.limits.maxQueuedBytes, counted: .itself,
      "Octets of payload that wait for one client: more are dropped; 0 for no limit."),
    .global(
      "max_incoming_qos2", .integer(1...65535), \.limits.maxIncomingQoS2,
      counted: .with("max_inflight_messages"),
      "QoS 2 messages that one client may leave unreleased: more close it. Never less than "
        + "max_inflight_messages, which clients are told."),
    .global(
      "enforce_receive_maximum", .boolean, \.messaging.enforcesReceiveMaximum,
      counted: .with("max_inflight_messages"),
      "Whether a client with more QoS 2 messages unreleased than max_inflight_messages is closed, "
        + "instead of a line in the log."),
  ]

  private static let packets: [Directive] = [
    .global(
      "max_packet_size", .integer(20...268_435_460), \.limits.maxPacketSize, counted: .itself,
      "The longest packet in octets: a longer one closes its sender."),
    .global(
      "max_request_size", .integer(20...268_435_460), \.limits.maxRequestSize,
      counted: .with("max_packet_size"),
      "The same for CONNECT, SUBSCRIBE, UNSUBSCRIBE and AUTH."),
    .global(
      "max_answer_size", .integer(20...268_435_460), \.limits.maxAnswerSize,
      counted: .with("max_packet_size"), "The same for packets that only answer, and DISCONNECT."),
    .global(
      "max_properties", .integer(1...268_435_455), \.limits.maxProperties, counted: .itself,
      "Properties of one packet: more close its sender."),
    .global(
      "message_size_limit", .integer(0...268_435_455), \.limits.messageSizeLimit,
      counted: .itself,
      "The longest payload in octets: a longer message is answered and dropped; 0 for no limit."),
    .global(
      // $SYS has six levels.
      "max_topic_levels", .integer(8...65535), \.limits.maxTopicLevels, counted: .itself,
      "Levels of a topic: more close the publisher, or are refused to the subscriber."),
  ]

  private static let holdings: [Directive] = [
    .global(
      "memory_limit", .octets, \.limits.memoryLimit, counted: .itself,
      "Octets of all messages that wait or are retained: more are answered and dropped; "
        + "0 for no limit."),
    .global(
      "global_max_clients", .limit, \.limits.maxClients, counted: .itself,
      "Sessions, connected or kept; -1 and 0 stand for 100000."),
    .global(
      "global_max_connections", .limit, \.limits.maxConnections, counted: .itself,
      "Connections of all listeners together; -1 and 0 for no limit."),
    .global(
      "max_subscriptions", .bound, \.limits.maxSubscriptions, counted: .itself,
      "Subscriptions of one client: more are refused."),
    .global(
      "max_retained_messages", .bound, \.limits.maxRetainedMessages, counted: .itself,
      "Retained messages, `$SYS` with them: more are delivered and not retained."),
    .global(
      // [MQTT-3.1.3-5] [MQTT5-3.1.3-5] one of 23 octets is always good.
      "max_clientid_length", .integer(23...65535), \.limits.maxClientIDLength, counted: .itself,
      "Octets of a Client Identifier: a longer one is refused."),
  ]

  private static let times: [Directive] = [
    .global(
      "connect_timeout", .integer(1...65535), \.limits.connectTimeout, counted: .itself,
      "Seconds for the CONNECT to come before the connection is closed."),
    .global(
      "max_keepalive", .integer(0...65535), \.limits.maxKeepalive, counted: .itself,
      "The longest keep alive in seconds: clients of 5.0 are told it, others refused, with none "
        + "too; 0 for no limit."),
    .global(
      "persistent_client_expiration", .duration, \.limits.persistentClientExpiration,
      "How long a kept session of MQTT 3.1, 3.1.1 or MQTT-SN outlives its connection."),
    .global(
      "set_tcp_nodelay", .boolean, \.limits.setsTCPNodelay, "Whether small packets leave at once."),
  ]
}

import ConfigurationFile
import Testing

/// One option: a line, and what it changes from the defaults.
private struct Row: CustomTestStringConvertible, Sendable {
  var line: String
  var change: @Sendable (inout Configuration) -> Void

  init(_ line: String, _ change: @escaping @Sendable (inout Configuration) -> Void) {
    self.line = line
    self.change = change
  }

  var testDescription: String { line }

  static let numbers = [
    Row("max_inflight_messages 0") { $0.limits.maxInflightMessages = 0 },
    Row("max_inflight_messages 65535") { $0.limits.maxInflightMessages = 65535 },
    Row("max_inflight_bytes 4096") { $0.limits.maxInflightBytes = 4096 },
    Row("max_queued_messages 0") { $0.limits.maxQueuedMessages = 0 },
    Row("max_queued_bytes 9223372036854775807") { $0.limits.maxQueuedBytes = .max },
    Row("max_incoming_qos2 1") { $0.limits.maxIncomingQoS2 = 1 },
    Row("max_packet_size 268435460") { $0.limits.maxPacketSize = 268_435_460 },
    Row("max_request_size 20") { $0.limits.maxRequestSize = 20 },
    Row("max_answer_size 20") { $0.limits.maxAnswerSize = 20 },
    Row("max_properties 1") { $0.limits.maxProperties = 1 },
    Row("message_size_limit 268435455") { $0.limits.messageSizeLimit = 268_435_455 },
    Row("max_topic_levels 8") { $0.limits.maxTopicLevels = 8 },
    Row("memory_limit 1000000") { $0.limits.memoryLimit = 1_000_000 },
    Row("max_subscriptions 1") { $0.limits.maxSubscriptions = 1 },
    Row("max_retained_messages 2147483647") { $0.limits.maxRetainedMessages = 2_147_483_647 },
    Row("max_clientid_length 23") { $0.limits.maxClientIDLength = 23 },
    Row("connect_timeout 1") { $0.limits.connectTimeout = 1 },
    Row("max_keepalive 65535") { $0.limits.maxKeepalive = 65535 },
    Row("sys_interval 0") { $0.limits.sysInterval = 0 },
    Row("global_max_clients 1") { $0.limits.maxClients = 1 },
    Row("global_max_clients 5\nglobal_max_clients -1") { $0.limits.maxClients = nil },
    Row("global_max_clients 0") { $0.limits.maxClients = nil },
    Row("global_max_connections 7") { $0.limits.maxConnections = 7 },
    Row("global_max_connections -1") { $0.limits.maxConnections = nil },
  ]

  static let switches = [
    Row("allow_zero_length_clientid false") { $0.security.allowsEmptyClientID = false },
    Row("auto_id_prefix my own ") { $0.security.clientIDPrefix = "my own" },
    Row("clientid_prefixes home-") { $0.messaging.clientIDPrefix = "home-" },
    Row("check_retain_source false") { $0.messaging.checksRetainedSource = false },
    Row("auth_plugin_deny_special_chars true") { _ in },
    Row("tls_keyform pem") { _ in },
    Row("retain_available 0") { $0.messaging.isRetainAvailable = false },
    Row("queue_qos0_messages true") { $0.messaging.queuesQoS0 = true },
    Row("upgrade_outgoing_qos 1") { $0.messaging.upgradesQoS = true },
    Row("allow_duplicate_messages true") { $0.messaging.deliversOverlaps = true },
    Row("enforce_receive_maximum true") { $0.messaging.enforcesReceiveMaximum = true },
    Row("check_payload_format true") { $0.messaging.checksPayloadFormat = true },
    Row("retain_expiry_interval 5") {
      $0.notices = [
        "The retain_expiry_interval option has no effect: retained messages end to the second."
      ]
    },
  ]

  static let nodes = [
    Row("forwarders false") { $0.gateway.forwarders = .nowhere },
    Row("forwarders true") { $0.gateway.forwarders = .everywhere },
    Row("publish_without_connection false") {
      $0.gateway.allowsPublishWithoutConnection = false
    },
    Row("allow_unlisted_nodes false") { $0.gateway.allowsUnlistedNodes = false },
    Row("allow_unlisted_nodes true") { $0.gateway.allowsUnlistedNodes = true },
    Row("max_nodes 1") { $0.gateway.maxNodes = 1 },
    Row("max_node_topics 65534") { $0.gateway.maxNodeTopics = 65534 },
    Row("node_inflight_messages 8") { $0.gateway.nodeInflightMessages = 8 },
    Row("node_queue_messages 1") { $0.gateway.nodeQueueMessages = 1 },
    Row("node_queue_policy newest_per_topic") {
      $0.gateway.nodeQueuePolicy = .keepsNewestPerTopic
    },
    Row("node_retry_interval 3600") { $0.gateway.nodeRetryInterval = 3600 },
    Row("node_retry_limit 0") { $0.gateway.nodeRetryLimit = 0 },
    Row("node a user garden") {
      $0.nodes = [NodeSettings(clientID: "a", userName: "garden")]
    },
    Row("node a 192.0.2.7 user my garden") {
      $0.nodes = [NodeSettings(clientID: "a", place: "192.0.2.7", userName: "my garden")]
    },
    Row("node a /dev/martlet/1 user garden\nnode \"b c\" user d") {
      $0.nodes = [
        NodeSettings(clientID: "a", place: "/dev/martlet/1", userName: "garden"),
        NodeSettings(clientID: "b c", userName: "d"),
      ]
    },
  ]

  static let listeners = [
    Row(
      """
      listener 1
      protocol mqttsn
      multicast_group 225.1.1.1 1883
      multicast_group ff02::1%eth0
      multicast_hops 4
      """
    ) {
      $0.listeners[0].speech = .mqttsn
      $0.listeners[0].multicastGroups = ["225.1.1.1 1883", "ff02::1%eth0"]
      $0.listeners[0].multicastHops = 4
    },
    Row("listener 1\nmax_connections 9") { $0.listeners[0].maxConnections = 9 },
    Row("listener 1\nmax_connections 0") { $0.listeners[0].maxConnections = nil },
    Row("listener 1\nuse_username_as_clientid true") {
      $0.listeners[0].identifiesByUserName = true
    },
    Row("listener 1\nmount_point a b/") { $0.listeners[0].mountPoint = "a b/" },
    Row("listener 1\nsocket_domain ipv6") { $0.listeners[0].domain = .ipv6 },
    Row("listener 1\nbind_interface eth0") { $0.listeners[0].interface = "eth0" },
    Row("listener 1\nmax_qos 0") { $0.listeners[0].maxQoS = 0 },
    Row("listener 1\nmaximum_qos 1") { $0.listeners[0].maxQoS = 1 },
    Row("listener 1\nmax_topic_alias 0") { $0.listeners[0].maxTopicAlias = 0 },
    Row("listener 1\nmax_topic_alias_broker 65535") {
      $0.listeners[0].maxTopicAliasBroker = 65535
    },
    Row("listener 1\naccept_protocol_versions 4") { $0.listeners[0].versions = .mqtt311 },
    Row("listener 1\naccept_protocol_versions 3,4") {
      $0.listeners[0].versions = [.mqtt31, .mqtt311]
    },
    Row("listener 1\naccept_protocol_versions 5, 4 3") { $0.listeners[0].versions = .all },
  ]
}

@Suite struct OptionTests {
  private func read(_ text: String) throws -> Configuration {
    try Configuration(text: text, file: "martlet.conf")
  }

  @Test(arguments: Row.numbers + Row.switches + Row.nodes)
  private func `an option changes one thing`(_ row: Row) throws {
    var expected = Configuration.withoutFile()
    row.change(&expected)
    #expect(try read(row.line) == expected)
    expectRereading(row, from: .withoutFile(), to: expected)
  }

  /// What SIGHUP changes is what the table says.
  private func expectRereading(
    _ row: Row, from before: Configuration, to after: Configuration
  ) {
    let name = row.line.split(separator: "\n").last?.split(separator: " ").first.map(String.init)
    let option = Configuration.options.first { $0.name == name }
    var expected = option?.isReadAgain == true ? after : before
    expected.notices = after.notices
    #expect(before.rereading(after) == expected)
  }

  @Test(arguments: Row.listeners)
  private func `an option of a listener changes that listener`(_ row: Row) throws {
    var expected = try read("listener 1\nlistener 2")
    row.change(&expected)
    let read = try read("\(row.line)\nlistener 2")
    #expect(read == expected)
    let before = try self.read("listener 1\nlistener 2")
    if read.listeners[0].speech == .mqtt { expectRereading(row, from: before, to: read) }
  }

  /// The first and the last value of a range stand in the rows above.
  @Test(arguments: [
    ("max_inflight_messages", ["-1", "65536"]), ("max_inflight_bytes", ["-1", "1k"]),
    ("max_queued_messages", ["-1", "2147483648"]),
    ("max_queued_bytes", ["-1", "9223372036854775808"]), ("max_incoming_qos2", ["0", "65536"]),
    ("max_packet_size", ["0", "19", "268435461"]), ("max_request_size", ["19", "268435461"]),
    ("max_answer_size", ["19", "268435461"]), ("max_properties", ["0", "268435456"]),
    ("message_size_limit", ["-1", "268435456"]), ("max_topic_levels", ["7", "65536"]),
    ("memory_limit", ["-1", "1M"]), ("max_subscriptions", ["0", "2147483648"]),
    ("max_retained_messages", ["0", "2147483648"]), ("max_clientid_length", ["22", "65536"]),
    ("connect_timeout", ["0", "65536"]), ("global_max_clients", ["-2", "2147483648"]),
    ("global_max_connections", ["-2", "x"]), ("max_connections", ["-2"]),
    ("max_qos", ["-1", "3"]), ("maximum_qos", ["3"]), ("allow_zero_length_clientid", ["2"]),
    ("auto_id_prefix", [String(repeating: "x", count: 51), "a\0b"]),
    ("retain_available", ["yes"]), ("retain_expiry_interval", ["0", "x"]),
    ("queue_qos0_messages", ["TRUE"]), ("upgrade_outgoing_qos", ["-1"]),
    ("allow_duplicate_messages", ["on"]), ("enforce_receive_maximum", ["2"]),
    ("check_payload_format", ["x"]), ("forwarders", ["1"]), ("max_nodes", ["0", "1000001"]),
    ("max_node_topics", ["0", "65535"]), ("node_inflight_messages", ["0", "65536"]),
    ("node_queue_messages", ["0", "1000001"]), ("node_queue_policy", ["newest"]),
    ("node_retry_interval", ["0", "3601"]), ("node_retry_limit", ["-1", "256"]),
    ("node", ["a", "a user", "a b c", "a 192.0.2.7 garden", "a 192.0.2.7 user"]),
    ("allow_unlisted_nodes", ["maybe"]), ("publish_without_connection", ["yes"]),
  ])
  func `a value out of range is refused by name`(_ option: String, _ values: [String]) {
    for value in values {
      let error = #expect(throws: ConfigurationError.self) { try read("\(option) \(value)") }
      #expect(error?.description.hasPrefix("Error: Invalid \(option) value (\(value)).") == true)
    }
  }

  @Test(arguments: [
    ("max_topic_alias", ["-1", "65536"]), ("max_topic_alias_broker", ["65536"]),
    ("accept_protocol_versions", ["6", "3;4", ",", "34", "4,x"]),
    ("multicast_hops", ["0", "256"]),
  ])
  func `the same for options of a listener`(_ option: String, _ values: [String]) {
    for value in values {
      let error = #expect(throws: ConfigurationError.self) {
        try read("listener 1\n\(option) \(value)")
      }
      #expect(error?.description.hasPrefix("Error: Invalid \(option) value (\(value)).") == true)
    }
  }

  @Test(arguments: [
    "max_topic_alias 1", "max_topic_alias_broker 1", "accept_protocol_versions 4",
    "multicast_group 225.1.1.1", "multicast_hops 1",
  ])
  func `some options need a listener`(_ line: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(line) }
    #expect(error?.fault == .misplaced(after: "listener"))
  }

  @Test func `an option of a listener that is never opened is not ignored without a word`() throws {
    #expect(
      try read("max_connections 5\nmax_qos 1\nlistener 1").notices == [
        "The max_connections option has no effect: it stands before the first listener.",
        "The max_qos option has no effect: it stands before the first listener.",
      ])
    #expect(try read("max_connections 5").notices == [])
    #expect(try read("port 1\nmax_qos 1\nlistener 2").notices.count == 1)
    #expect(
      try read("listener 1\nprotocol mqttsn\nmax_qos 1").notices == [
        "Options for MQTT have no effect on the mqttsn listener on port 1."
      ])
    #expect(
      try read("listener 1\nmulticast_group 225.1.1.1").notices == [
        "The multicast_group option has no effect on the listener on port 1: it is for MQTT-SN."
      ])
  }
}

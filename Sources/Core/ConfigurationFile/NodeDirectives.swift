extension Directive {
  /// Sensor nodes: who they are, and what they may use.
  static let nodes: [Directive] = [
    .special(
      "node", "CLIENTID [ADDRESS|LINE] user NAME", initial: "",
      "A node's user name for all that is decided by user. With the address of a host, the path of a "
        + "serial line, or `udp:PORT` for a listener it gets in from there alone. Repeatable.",
      addNode),
    .special(
      "allow_unlisted_nodes", ValueKind.boolean.expected, initial: "as allow_anonymous",
      "Whether nodes without a `node` line get in, and publish at QoS -1."
    ) { draft, text throws(Fault) in
      draft.configuration.gateway.allowsUnlistedNodes = try ValueKind.boolean.read(text)
    },
    .global(
      "max_nodes", .integer(1...1_000_000), \.gateway.maxNodes,
      counted: .at("gateway/total/nodes_refused"),
      "Nodes, connected or about to be: more hear of congestion."),
    .global(
      "max_node_topics", .integer(1...65534), \.gateway.maxNodeTopics,
      counted: .at("gateway/total/topics_refused"),
      "Topic ids of one node: for more it hears of congestion."),
    .global(
      "node_inflight_messages", .integer(1...65535), \.gateway.nodeInflightMessages,
      "Messages of QoS 1 and 2 on the way to one node."),
    .global(
      "node_queue_messages", .integer(1...1_000_000), \.gateway.nodeQueueMessages,
      counted: .with("max_queued_messages"),
      "Messages that wait for one node that sleeps or is slow: for more the oldest go."),
    .global(
      "node_queue_policy",
      .word(["oldest": .dropsOldest, "newest_per_topic": .keepsNewestPerTopic]),
      \.gateway.nodeQueuePolicy,
      "What goes when more would: the oldest, or what waits with the same topic."),
    .global(
      "node_retry_interval", .integer(1...3600), \.gateway.nodeRetryInterval,
      "Seconds for which a node's answer is awaited before a request is sent again."),
    .global(
      "node_retry_limit", .integer(0...255), \.gateway.nodeRetryLimit,
      "How often a request is sent again before its node is lost."),
  ]

  @Sendable
  private static func addNode(
    _ draft: inout ConfigurationDraft, _ text: Substring
  ) throws(Fault) {
    let (clientID, rest) = text.firstWord
    var (word, name) = rest.firstWord
    var place: String?
    if word != "user" {
      place = String(word)
      (word, name) = name.firstWord
    }
    guard word == "user", !name.isEmpty else {
      throw .invalid(expected: "CLIENTID [ADDRESS|LINE] user NAME")
    }
    guard !draft.configuration.nodes.contains(where: { $0.clientID == clientID }) else {
      throw .invalid(expected: "a client identifier that is not listed yet")
    }
    draft.configuration.nodes.append(
      NodeSettings(clientID: String(clientID), place: place, userName: String(name)))
  }
}

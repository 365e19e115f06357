import MQTTSNGateway

/// What a `gateway` line of a transcript sets: words to fields.
struct GatewaySettings {
  /// A topic that both sides know beforehand.
  struct Topic {
    var id: UInt16
    var name: [UInt8]
    /// Empty for all clients.
    var clientID: [UInt8] = []
  }

  var options = GatewayOptions()
  var topics: [Topic] = []
  /// Whether forwarders may speak for nodes on line 0.
  var allowsForwarders = true

  mutating func set(_ name: Substring, to value: Substring) throws(BadLine) {
    switch name {
    case "id": options.gatewayID = try value.number()
    case "advertise": options.advertiseInterval = try value.number()
    case "retry": options.retryInterval = try value.number()
    case "retries": options.retryLimit = try value.number()
    case "session-expiry": options.sessionExpiry = try value.number()
    case "qos-1": options.allowsPublishWithoutConnection = value == "1"
    case "inflight": options.nodeInflightMessages = try value.number()
    case "queue": options.nodeQueueMessages = try value.number()
    case "newest-per-topic":
      options.nodeQueuePolicy = value == "1" ? .newestPerTopic : .dropOldest
    case "forwarders": allowsForwarders = value == "1"
    default: try setLimit(name, value)
    }
  }

  private mutating func setLimit(_ name: Substring, _ value: Substring) throws(BadLine) {
    switch name {
    case "nodes": options.limits.nodes = try value.number()
    case "topics": options.limits.topicsPerNode = try value.number()
    case "topic-octets": options.limits.topicOctetsPerNode = try value.number()
    case "client-id": options.limits.clientIdentifierLength = try value.number()
    case "strangers": options.limits.strangersPerSecond = try value.number()
    default: throw BadLine(what: "no option of the gateway is named \(name)")
    }
  }

  /// A `predefined` line: an id, a name, and `for=` a client.
  mutating func add(_ words: ArraySlice<Substring>) throws(BadLine) {
    guard words.count > 1 else { throw BadLine(what: "a pre-defined topic is an id and a name") }
    let bare = Array(words)
    var topic = Topic(id: try bare[0].number(), name: try bare[1].octets)
    if bare.count > 2, bare[2].hasPrefix("for=") {
      topic.clientID = try bare[2].dropFirst("for=".count).octets
    }
    topics.append(topic)
  }

  /// The gateway that they make.
  func gateway(service: UInt8, at now: UInt64) -> Gateway {
    var gateway = Gateway(options: options, service: service, seed: 2, at: now)
    gateway.setAllowsForwarders(allowsForwarders, ofLine: 0)
    for topic in topics {
      gateway.predefinedTopics.append(
        id: topic.id, name: topic.name.span, clientID: topic.clientID.span)
    }
    return gateway
  }
}

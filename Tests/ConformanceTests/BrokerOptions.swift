import BrokerCore
import MQTTLink

/// What a `limits` line of a transcript sets: words to fields.
struct BrokerOptions {
  var broker = BrokerLimits()
  var connection = ConnectionLimits()
  var policy = AccessPolicy(allowsAnonymous: true)

  mutating func set(_ name: Substring, to value: Substring) throws(BadLine) {
    switch name {
    case "queued-messages": broker.queuedMessages = try value.number()
    case "receive-maximum":
      broker.inFlightMessages = try value.number()
      connection.receiveMaximum = broker.inFlightMessages
    case "incoming-exactly-once": broker.incomingExactlyOnce = try value.number()
    case "sessions": broker.sessions = try value.number()
    case "subscriptions": broker.subscriptionsPerSession = try value.number()
    case "retained-messages": broker.retainedMessages = try value.number()
    case "topic-levels": broker.topicLevels = try value.number()
    case "packet-size": connection.packetSize = try value.number()
    case "keep-alive": connection.keepAlive = try value.number()
    case "kept-session-expiry": connection.keptSessionExpiry = try value.number()
    case "anonymous": policy.allowsAnonymous = value == "1"
    default: throw BadLine(what: "no option is named \(name)")
    }
  }
}

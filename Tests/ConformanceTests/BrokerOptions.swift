import BrokerCore
import MQTTLink
import MQTTTerms

/// What a `limits` line of a transcript sets: words to fields.
struct BrokerOptions {
  var broker = BrokerLimits()
  var connection = ConnectionLimits()
  var policy = AccessPolicy(allowsAnonymous: true)

  mutating func set(_ name: Substring, to value: Substring) throws(BadLine) {
    if try setBroker(name, value) { return }
    if try setConnection(name, value) { return }
    switch name {
    case "anonymous": policy.allowsAnonymous = value == "1"
    case "authenticator": policy.authenticator = StepsAuthenticator()
    default: throw BadLine(what: "no option is named \(name)")
    }
  }

  private mutating func setBroker(_ name: Substring, _ value: Substring) throws(BadLine) -> Bool {
    switch name {
    case "queued-messages": broker.queuedMessages = try value.number()
    case "incoming-exactly-once": broker.incomingExactlyOnce = try value.number()
    case "enforce-receive-maximum": broker.enforcesReceiveMaximum = value == "1"
    case "check-payload-format": broker.checksPayloadFormat = value == "1"
    case "sessions": broker.sessions = try value.number()
    case "subscriptions": broker.subscriptionsPerSession = try value.number()
    case "retained-messages": broker.retainedMessages = try value.number()
    case "message-octets": broker.messageOctets = try value.number()
    case "held-octets": broker.heldOctets = try value.number()
    case "topic-levels": broker.topicLevels = try value.number()
    default: return false
    }
    return true
  }

  private mutating func setConnection(
    _ name: Substring, _ value: Substring
  ) throws(BadLine) -> Bool {
    switch name {
    case "receive-maximum":
      broker.receiveMaximum = try value.number()
      connection.receiveMaximum = broker.receiveMaximum
    case "packet-size": connection.packetSize = try value.number()
    case "keep-alive": connection.keepAlive = try value.number()
    case "kept-session-expiry": connection.keptSessionExpiry = try value.number()
    case "maximum-qos":
      guard let qos = QoS(rawValue: try value.number()) else {
        throw BadLine(what: "\(value) is no QoS")
      }
      connection.maximumQoS = qos
    case "retain-available": connection.isRetainAvailable = value == "1"
    case "topic-aliases": connection.topicAliases = try value.number()
    case "speaks-5.0": connection.speaks50 = value == "1"
    default: return false
    }
    return true
  }
}

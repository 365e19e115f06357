import ClientIO
import CommandKit
import MQTTSNCodec

/// Shows the messages of a node, in the words of `PacketTrace`.
struct NodeTrace {
  private let name: String

  init(clientIdentifier: [UInt8]) { name = String(decoding: clientIdentifier, as: UTF8.self) }

  /// Shows all messages that went and came since the last call.
  func show(_ stream: inout NodeStream, _ output: inout StandardOutput) {
    var isShown = false
    while let message = stream.nextTraced() {
      let verb = message.isSent ? "sending" : "received"
      output.write(line: "Client \(name) \(verb) \(Self.words(message.octets.span))")
      isShown = true
    }
    if isShown { output.flush() }
  }

  /// A message in words; why it is none where it is none.
  static func words(_ datagram: Span<UInt8>) -> String {
    do throws(CodecError) { return words(try Message.decode(datagram)) } catch {
      return "no message of MQTT-SN (\(error))"
    }
  }

  private static func words(_ message: borrowing Message) -> String {
    switch message {
    case .advertise(let m): return "ADVERTISE (g\(m.gatewayID), \(m.duration) s)"
    case .searchGateway(let m): return "SEARCHGW (\(m.radius))"
    case .gatewayInfo(let m): return "GWINFO (g\(m.gatewayID))"
    case .connect(let m):
      return "CONNECT (c\(bit(m.isCleanSession)), w\(bit(m.hasWill)), k\(m.duration), "
        + "'\(String(of: m.clientID))')"
    case .connack(let m): return "CONNACK (\(m.returnCode.rawValue))"
    case .willTopicRequest: return "WILLTOPICREQ"
    case .willTopic(let m): return "WILLTOPIC (\(words(m)))"
    case .willMessageRequest: return "WILLMSGREQ"
    case .willMessage(let m): return "WILLMSG (... (\(m.payload.count) bytes))"
    case .register(let m):
      return "REGISTER (m\(m.messageID.rawValue), t\(m.topicID), '\(String(of: m.topicName))')"
    case .regack(let m):
      return "REGACK (m\(m.messageID.rawValue), t\(m.topicID), rc\(m.returnCode.rawValue))"
    case .publish(let m): return "PUBLISH (\(words(m)))"
    case .puback(let m):
      return "PUBACK (m\(m.messageID.rawValue), t\(m.topicID), rc\(m.returnCode.rawValue))"
    default: return furtherWords(message)
    }
  }

  private static func furtherWords(_ message: borrowing Message) -> String {
    switch message {
    case .pubcomp(let m): return "PUBCOMP (m\(m.messageID.rawValue))"
    case .pubrec(let m): return "PUBREC (m\(m.messageID.rawValue))"
    case .pubrel(let m): return "PUBREL (m\(m.messageID.rawValue))"
    case .subscribe(let m):
      return "SUBSCRIBE (d\(bit(m.isDuplicate)), q\(m.qos.rawValue), m\(m.messageID.rawValue), "
        + "\(words(m.topic)))"
    case .suback(let m):
      return "SUBACK (q\(m.qos.rawValue), m\(m.messageID.rawValue), t\(m.topicID), "
        + "rc\(m.returnCode.rawValue))"
    case .unsubscribe(let m):
      return "UNSUBSCRIBE (m\(m.messageID.rawValue), \(words(m.topic)))"
    case .unsuback(let m): return "UNSUBACK (m\(m.messageID.rawValue))"
    case .pingreq(let m):
      return m.clientID.isEmpty ? "PINGREQ" : "PINGREQ ('\(String(of: m.clientID))')"
    case .pingresp: return "PINGRESP"
    case .disconnect(let m): return "DISCONNECT" + (m.duration.map { " (\($0) s)" } ?? "")
    case .willTopicUpdate(let m): return "WILLTOPICUPD (\(words(m.willTopic)))"
    case .willTopicResponse(let m): return "WILLTOPICRESP (rc\(m.returnCode.rawValue))"
    case .willMessageUpdate(let m): return "WILLMSGUPD (... (\(m.payload.count) bytes))"
    case .willMessageResponse(let m): return "WILLMSGRESP (rc\(m.returnCode.rawValue))"
    default: return "an envelope in an envelope"
    }
  }

  private static func words(_ m: borrowing Publish) -> String {
    let qos = m.qos == .withoutConnection ? "-1" : "\(m.qos.rawValue)"
    return "d\(bit(m.isDuplicate)), q\(qos), r\(bit(m.isRetained)), m\(m.messageID.rawValue), "
      + "'\(m.topic.words)', ... (\(m.payload.count) bytes)"
  }

  private static func words(_ m: borrowing WillTopic) -> String {
    m.isNoWill
      ? "none" : "q\(m.qos.rawValue), r\(bit(m.isRetained)), '\(String(of: m.topicName))'"
  }

  private static func words(_ topic: borrowing SubscriptionTopic) -> String {
    switch topic {
    case .name(let name): return "'\(String(of: name))'"
    case .predefined(let id): return "'\(TopicReference.predefined(id).words)'"
    case .short(let octets): return "'\(TopicReference.short(octets).words)'"
    case .malformed: return "malformed"
    }
  }

  private static func bit(_ isSet: Bool) -> Int { isSet ? 1 : 0 }
}

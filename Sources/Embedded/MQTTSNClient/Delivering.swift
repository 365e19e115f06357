import MQTTSNCodec
import MQTTTerms

/// What a datagram brought for the application, as views into it.
public enum Arrival: ~Escapable {
  /// Nothing; an event may tell more.
  case nothing
  /// A message on a subscribed topic.
  case message(Publish)
  /// The id of a topic that messages come on from now on: a REGISTER of the gateway.
  case topic(Register)
}

extension Client {
  /// Whether the application gets the message. At QoS 1 it does only when the answer can be kept:
  /// else the gateway repeats it.
  mutating func receive(_ message: borrowing Publish) -> Bool {
    switch message.qos {
    case .atMostOnce: return isReachable
    case .atLeastOnce: return answer(puback(message, .accepted))
    case .exactlyOnce where window > 0: return receiveExactlyOnce(message)
    case .exactlyOnce, .withoutConnection:
      _ = answer(puback(message, .notSupported))
      return false
    }
  }

  private func puback(_ message: borrowing Publish, _ code: ReturnCode) -> Reply {
    Reply(
      .puback, topicID: message.topic.rawValue, messageID: message.messageID,
      returnCode: code)
  }
}

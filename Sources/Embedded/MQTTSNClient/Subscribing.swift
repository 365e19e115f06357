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
  /// Asks the gateway for the messages of `topic` [SN 6.9], at QoS 0 or 1.
  ///
  /// Answered by `subscribed`, `refused(.subscribe, …)` or `lost`. Errors: `busy`, `notConnected`,
  /// `outOfRoom`, `unsupported`.
  public mutating func subscribe(
    _ topic: consuming SubscriptionTopic, qos: QoS, at now: TickTime
  ) throws(ClientError) {
    try requireFreedom()
    if qos == .exactlyOnce { throw .unsupported }
    let message = Subscribe(topic: topic, messageID: takeMessageID(), qos: qos)
    try start(.subscribe, message, at: now)
  }

  mutating func receive(_ message: Suback) {
    guard isAnswer(to: .subscribe, message.messageID) else { return }
    if finish(.subscribe, message.returnCode) {
      event = .subscribed(message.topicID, message.qos)
    }
  }

  /// Whether the application gets the message. At QoS 1 it does only when the answer can be kept:
  /// else the gateway repeats it.
  mutating func receive(_ message: borrowing Publish) -> Bool {
    switch message.qos {
    case .atMostOnce: return state == .active
    case .atLeastOnce: return answer(puback(message, .accepted))
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

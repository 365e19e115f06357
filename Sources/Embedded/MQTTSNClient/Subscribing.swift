import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Asks the gateway for the messages of `topic` [SN 6.9].
  ///
  /// Answered by `subscribed`, `refused(.subscribe, …)` or `lost`. Errors: `busy`, `notConnected`,
  /// `outOfRoom`, `unsupported`.
  public mutating func subscribe(
    _ topic: consuming SubscriptionTopic, qos: QoS, at now: TickTime
  ) throws(ClientError) {
    try requireFreedom()
    if qos == .exactlyOnce, window == 0 { throw .unsupported }
    let message = Subscribe(topic: topic, messageID: takeMessageID(), qos: qos)
    try start(.subscribe, message, at: now)
  }

  mutating func receive(_ message: Suback) {
    guard isAnswer(to: .subscribe, message.messageID) else { return }
    if finish(.subscribe, message.returnCode) {
      event = .subscribed(message.topicID, message.qos)
    }
  }
}

import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Tells the gateway that the messages of `topic` are not wanted any more [SN 6.9].
  ///
  /// Answered by `unsubscribed`, which cannot refuse, or `lost`. Errors: `busy`, `notConnected`,
  /// `outOfRoom`, `unsupported`.
  public mutating func unsubscribe(
    _ topic: consuming SubscriptionTopic, at now: TickTime
  ) throws(ClientError) {
    guard Abilities.unsubscribes else { throw .unsupported }
    try requireFreedom()
    let message = Unsubscribe(topic: topic, messageID: takeMessageID())
    try start(.unsubscribe, message, at: now)
  }

  mutating func receive(_ message: Unsuback) {
    guard isAnswer(to: .unsubscribe, message.messageID) else { return }
    if finish(.unsubscribe, .accepted) { event = .unsubscribed }
  }
}

import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Asks the gateway for the topic id of `name`, a topic name without wildcards [SN 6.5].
  ///
  /// Answered by `registered`, `refused(.register, …)` or `lost`. Errors: `busy`, `notConnected`,
  /// `outOfRoom`.
  public mutating func register(
    _ name: Span<UInt8>, at now: TickTime
  ) throws(ClientError) {
    try requireFreedom()
    let message = Register(topicID: 0, messageID: takeMessageID(), topicName: name)
    try start(.register, message, at: now)
  }

  mutating func receive(_ message: Regack) {
    guard isAnswer(to: .register, message.messageID) else { return }
    if finish(.register, message.returnCode) { event = .registered(message.topicID) }
  }

  /// The gateway tells the id of a topic before it publishes on it [SN 6.10].
  mutating func receive(_ message: borrowing Register) -> Bool {
    answer(
      Reply(
        .regack, topicID: message.topicID, messageID: message.messageID,
        returnCode: .accepted))
  }
}

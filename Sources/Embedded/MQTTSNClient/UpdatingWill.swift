import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Gives the will another topic [SN 6.4]. An empty name deletes the will, topic and message.
  ///
  /// Answered by `willUpdated`, `refused(.updateWillTopic, …)` or `lost`. Errors: `busy`,
  /// `notConnected`, `outOfRoom`, `unsupported`.
  public mutating func updateWillTopic(
    _ name: Span<UInt8>, qos: QoS, isRetained: Bool, at now: TickTime
  ) throws(ClientError) {
    guard Abilities.hasWill else { throw .unsupported }
    try requireFreedom()
    let message = WillTopic(topicName: name, qos: qos, isRetained: isRetained)
    try start(.updateWillTopic, WillTopicUpdate(message), at: now)
  }

  /// Gives the will another message [SN 6.4].
  ///
  /// Answered by `willUpdated`, `refused(.updateWillMessage, …)` or `lost`. Errors: `busy`,
  /// `notConnected`, `outOfRoom`, `unsupported`.
  public mutating func updateWillMessage(
    _ payload: Span<UInt8>, at now: TickTime
  ) throws(ClientError) {
    guard Abilities.hasWill else { throw .unsupported }
    try requireFreedom()
    try start(.updateWillMessage, WillMessageUpdate(payload: payload), at: now)
  }

  /// The answers to both carry no MsgId: they belong to the only request that there can be.
  mutating func receive(_ message: WillTopicResponse) {
    receiveAnswer(to: .updateWillTopic, message.returnCode)
  }

  mutating func receive(_ message: WillMessageResponse) {
    receiveAnswer(to: .updateWillMessage, message.returnCode)
  }

  private mutating func receiveAnswer(to request: Request, _ code: ReturnCode) {
    guard self.request == request else { return }
    if finish(request, code) { event = .willUpdated }
  }
}

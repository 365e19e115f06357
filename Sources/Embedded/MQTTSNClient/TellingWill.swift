import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Answers `willTopicWanted` [SN 6.2]: what the gateway publishes when the client is lost, and how.
  /// An empty name stands for no will. The octets take the place of the CONNECT's and are repeated
  /// like it. Errors: `notAsked`, `outOfRoom`; the client is disconnected then.
  public mutating func tellWillTopic(
    _ name: Span<UInt8>, qos: QoS, isRetained: Bool, at now: TickTime
  ) throws(ClientError) {
    try answerConnecting(
      WillTopic(topicName: name, qos: qos, isRetained: isRetained), at: now)
  }

  /// Answers `willMessageWanted` [SN 6.2]. Errors as in `tellWillTopic`.
  public mutating func tellWillMessage(
    _ payload: Span<UInt8>, at now: TickTime
  ) throws(ClientError) {
    try answerConnecting(WillMessage(payload: payload), at: now)
  }

  /// The gateway asks within a CONNECT, or again where it has missed the answer.
  mutating func want(_ part: ClientEvent) {
    if request == .connect { event = part }
  }

  private mutating func answerConnecting<Message: EncodableMessage & ~Escapable>(
    _ message: Message, at now: TickTime
  ) throws(ClientError) {
    guard request == .connect else { throw .notAsked }
    do throws(ClientError) { try start(.connect, message, at: now) } catch {
      abandon()
      throw error
    }
  }
}

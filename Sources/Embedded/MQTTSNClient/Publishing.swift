import MQTTSNCodec
import MQTTTerms

extension Client {
  /// Publishes `payload` [SN 6.6]. At QoS 1 and 2 it is answered by `published`,
  /// `refused(.publish, …)` or `lost`; at QoS 0 only a refusal is answered; at QoS −1, which needs
  /// no connection, nothing.
  ///
  /// Errors: `busy` also at QoS 0 while another request is under way, `notConnected`, `outOfRoom`,
  /// `unsupported`.
  public mutating func publish(
    _ payload: Span<UInt8>, to topic: TopicReference, qos: PublishQoS = .atLeastOnce,
    isRetained: Bool = false, at now: TickTime
  ) throws(ClientError) {
    switch qos {
    case .withoutConnection:
      // [SN 6.8] only a pre-defined id or a short name means something without a connection
      if topic.type == .normal { throw .unsupported }
      if isBusy { throw .busy }
    case .exactlyOnce where window == 0: throw .unsupported
    case .atMostOnce, .atLeastOnce, .exactlyOnce: try requireFreedom()
    }
    let isAnswered = qos == .atLeastOnce || qos == .exactlyOnce
    let message = Publish(
      topic: topic, messageID: isAnswered ? takeMessageID() : .none, payload: payload,
      qos: qos, isRetained: isRetained)
    try start(.publish, message, at: now)
    awaitsAnswer = isAnswered
  }

  /// The TopicId is not compared: some gateways send 0, some swap a short name's octets.
  mutating func receive(_ message: Puback) {
    if isAnswer(to: .publish, message.messageID), awaitsAnswer {
      if finish(.publish, message.returnCode) { event = .published }
    } else if message.messageID.isNone, !message.returnCode.isAccepted, state == .active {
      // [SN 6.6] QoS 0 is answered only in error
      event = .refused(.publish, message.returnCode)
    }
  }
}

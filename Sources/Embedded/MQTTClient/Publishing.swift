import MQTTCodec
import MQTTTerms
import WireBytes

extension Client {
  /// Appends a PUBLISH. Returns its Packet Identifier, which `ClientEvent.published` repeats;
  /// `.none` at QoS 0.
  @_lifetime(output: copy output)
  @discardableResult
  public mutating func publish(
    _ payload: Span<UInt8>, to topicName: Span<UInt8>, qos: QoS, isRetained: Bool = false,
    into output: inout OutputRawSpan
  ) throws(ClientError) -> PacketIdentifier {
    guard phase == .connected else { throw .notConnected }
    var identifier = PacketIdentifier.none
    if qos != .atMostOnce {
      // [MQTT-4.6.0-1]
      guard !inFlight.mustResend else { throw .resendFirst }
      identifier = try newIdentifier()
    }
    try send(
      PublishHeader(
        topicName: topicName, qos: qos, isRetained: isRetained, packetIdentifier: identifier),
      payload, into: &output)
    if !identifier.isNone { request(identifier, .publish(qos)) }
    return identifier
  }

  /// Appends a message for which `ClientEvent.resend` asked, with DUP [MQTT-3.3.1-1] and its old
  /// identifier [MQTT-4.4.0-1].
  @_lifetime(output: copy output)
  public mutating func resend(
    _ identifier: PacketIdentifier, _ payload: Span<UInt8>, to topicName: Span<UInt8>,
    isRetained: Bool = false, into output: inout OutputRawSpan
  ) throws(ClientError) {
    guard phase == .connected else { throw .notConnected }
    guard let qos = inFlight.resendingQoS(identifier) else { throw .unknownIdentifier }
    try send(
      PublishHeader(
        topicName: topicName, qos: qos, isRetained: isRetained,
        packetIdentifier: identifier, isDuplicate: true),
      payload, into: &output)
    inFlight.markSent(identifier)
  }

  /// Gives up a message for which `ClientEvent.resend` asked. At QoS 2 the server may have it: its
  /// identifier stays in use, without another event, until the server has released it.
  public mutating func abandon(_ identifier: PacketIdentifier) throws(ClientError) {
    guard let qos = inFlight.resendingQoS(identifier) else { throw .unknownIdentifier }
    if qos == .exactlyOnce {
      inFlight.release(identifier, as: .abandoned)
    } else {
      inFlight.remove(identifier)
    }
  }

  @_lifetime(output: copy output)
  private mutating func send(
    _ header: PublishHeader, _ payload: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(ClientError) {
    // [MQTT-3.3.2-1] [MQTT-3.3.2-2]
    guard isTopicName(header.topicName), isWellFormedString(header.topicName) else {
      throw .malformedTopic
    }
    do { try Publish(header, payload: payload).encode(into: &output, version: version) } catch {
      throw ClientError(error)
    }
    liveness.sent(at: clock)
  }
}

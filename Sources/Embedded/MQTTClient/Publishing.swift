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
    guard qos != .exactlyOnce else { throw .unsupportedQoS }
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
    if !identifier.isNone { request(identifier, .publish) }
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
    guard inFlight.isToResend(identifier) else { throw .unknownIdentifier }
    try send(
      PublishHeader(
        topicName: topicName, qos: .atLeastOnce, isRetained: isRetained,
        packetIdentifier: identifier, isDuplicate: true),
      payload, into: &output)
    inFlight.markSent(identifier)
  }

  /// Gives up a message for which `ClientEvent.resend` asked.
  public mutating func abandon(_ identifier: PacketIdentifier) throws(ClientError) {
    guard inFlight.isToResend(identifier), inFlight.remove(identifier, .publish) else {
      throw .unknownIdentifier
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

  /// Takes a message.
  @_lifetime(copy publish)
  mutating func messageArrived(_ publish: Publish) -> ClientEvent {
    switch publish.header.qos {
    case .atMostOnce: break
    case .atLeastOnce: acknowledgements.append(publish.header.packetIdentifier)
    case .exactlyOnce: return close(.unexpectedQoS)
    }
    return .message(publish)
  }

  /// Takes a PUBACK; nil when nothing waited for it.
  @_lifetime(immortal)
  mutating func publicationAcknowledged(_ identifier: PacketIdentifier) -> ClientEvent? {
    inFlight.remove(identifier, .publish) ? .published(identifier) : nil
  }

  @_lifetime(output: copy output)
  mutating func transmitAcknowledgements(into output: inout OutputRawSpan) {
    while let identifier = acknowledgements.first {
      let puback = PublishAcknowledgement(.puback, identifier)
      do { try puback.encode(into: &output, version: version) } catch { return }
      acknowledgements.removeFirst()
      liveness.sent(at: clock)
    }
  }
}

import MQTTCodec
import MQTTTerms
import WireBytes

extension Client {
  /// Appends a PUBLISH. Returns its Packet Identifier, which `ClientEvent.published` repeats;
  /// `.none` at QoS 0.
  ///
  /// In 5.0 with properties; a Topic Alias among them may stand in place of the Topic Name that it
  /// stood beside before, on the same connection.
  @_lifetime(output: copy output)
  @discardableResult
  public mutating func publish(
    _ payload: Span<UInt8>, to topicName: Span<UInt8>, qos: QoS, isRetained: Bool = false,
    properties: Properties? = nil, into output: inout OutputRawSpan
  ) throws(ClientError) -> PacketIdentifier {
    guard phase == .connected else { throw .notConnected }
    var identifier = PacketIdentifier.none
    if qos != .atMostOnce {
      // [MQTT-4.6.0-1] [MQTT5-4.6.0-1]
      guard !inFlight.mustResend else { throw .resendFirst }
      // [MQTT5-4.3.2-1] [MQTT5-4.3.3-1]
      identifier = try newIdentifier()
      // [MQTT5-3.3.4-7] [MQTT5-4.9.0-2]
      guard hasQuota else { throw .windowFull }
    }
    // [MQTT5-4.3.1-1] [MQTT5-4.3.2-2] [MQTT5-4.3.3-2] Without DUP.
    try send(
      PublishHeader(
        topicName: topicName, qos: qos, isRetained: isRetained, packetIdentifier: identifier,
        properties: properties),
      payload, into: &output)
    if !identifier.isNone { request(identifier, .publish(qos)) }
    return identifier
  }

  /// Appends a message for which `ClientEvent.resend` asked, with DUP [MQTT-3.3.1-1]
  /// [MQTT5-3.3.1-1] and its old identifier [MQTT-4.4.0-1] [MQTT5-4.4.0-1]. A Topic Alias of the
  /// former connection has no meaning any more.
  @_lifetime(output: copy output)
  public mutating func resend(
    _ identifier: PacketIdentifier, _ payload: Span<UInt8>, to topicName: Span<UInt8>,
    isRetained: Bool = false, properties: Properties? = nil, into output: inout OutputRawSpan
  ) throws(ClientError) {
    guard phase == .connected else { throw .notConnected }
    guard let qos = inFlight.resendingQoS(identifier) else { throw .unknownIdentifier }
    // [MQTT5-3.3.2-7]
    guard !topicName.isEmpty else { throw .malformedTopic }
    try send(
      PublishHeader(
        topicName: topicName, qos: qos, isRetained: isRetained,
        packetIdentifier: identifier, isDuplicate: true, properties: properties),
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
    let hasAlias = version == .mqtt50 ? try checkProperties(header.properties) : false
    // [MQTT-3.3.2-1] [MQTT-3.3.2-2] [MQTT5-3.3.2-1] [MQTT5-3.3.2-2]
    guard hasAlias && header.topicName.isEmpty || isTopicName(header.topicName),
      isWellFormedString(header.topicName)
    else { throw .malformedTopic }
    // [MQTT5-3.2.2-11]
    guard header.qos.rawValue <= limits.maximumQoS.rawValue else { throw .qosNotSupported }
    // [MQTT5-3.2.2-14]
    guard !header.isRetained || limits.isRetainAvailable else { throw .retainNotSupported }
    let start = output.byteCount
    do { try Publish(header, payload: payload).encode(into: &output, version: version) } catch {
      throw ClientError(error)
    }
    try checkSize(&output, since: start)
    liveness.sent(at: clock)
  }

  /// Checks the properties of a message; whether there is a Topic Alias.
  private func checkProperties(_ properties: Properties) throws(ClientError) -> Bool {
    if properties.isEmpty { return false }
    do throws(CodecError) {
      let kinds = try properties.check(for: .publish)
      // [MQTT5-3.3.4-6]
      guard !kinds.contains(.subscriptionIdentifier) else { throw .misplacedProperty }
      guard kinds.contains(.topicAlias) else { return false }
      var rest = properties
      while let property = try rest.next() {
        // [MQTT5-3.2.2-17] [MQTT5-3.2.2-18] [MQTT5-3.3.2-9]
        if case .topicAlias(let alias) = property, alias > limits.topicAliasMaximum {
          throw .invalidTopicAlias
        }
      }
    } catch { throw error == .invalidTopicAlias ? .topicAliasInvalid : ClientError(error) }
    return true
  }
}

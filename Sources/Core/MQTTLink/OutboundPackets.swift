import MQTTCodec
import MQTTTerms
import SessionLink
import WireBytes

/// A delivery as a packet: what the store keeps, and what differs from recipient to recipient.
@_lifetime(copy topic)
func header(
  _ topic: Span<UInt8>, payloadSize: Int, _ recipient: Recipient
) -> PublishHeader {
  PublishHeader(
    topicName: topic, payloadSize: payloadSize, qos: recipient.qos,
    isRetained: recipient.flags.contains(.retained), packetIdentifier: recipient.packetID,
    isDuplicate: recipient.flags.contains(.duplicate))
}

/// What a connection sends, in the version that its peer speaks.
public enum OutboundPackets {
  /// The room that a delivery needs at most, in octets.
  @inlinable
  public static func deliveryRoom(topic: Span<UInt8>, payload: Span<UInt8>) -> Int {
    // Fixed header of at most 5, length of the topic 2, Packet Identifier 2.
    topic.count + payload.count + 9
  }

  /// Writes a delivery [MQTT 3.3].
  @_lifetime(output: copy output)
  public static func encodeDelivery(
    topic: Span<UInt8>, payload: Span<UInt8>, to recipient: Recipient, _ version: ProtocolVersion,
    into output: inout OutputRawSpan
  ) throws(CodecError) {
    let header = header(topic, payloadSize: payload.count, recipient)
    try header.encode(into: &output, version: version, reserving: payload.count)
    output.append(bytes: payload)
  }

  /// The octets that any of the answers below takes at most, a SUBACK's codes aside.
  public static var answerSize: Int { 8 }

  /// Writes the CONNACK that opens the session [MQTT 3.2].
  @_lifetime(output: copy output)
  public static func encodeOpened(
    isSessionPresent: Bool, _ version: ProtocolVersion, into output: inout OutputRawSpan
  ) throws(CodecError) {
    try Connack(isSessionPresent: isSessionPresent, returnCode: .accepted)
      .encode(into: &output, version: version)
  }

  /// Writes the CONNACK that refuses the peer, before the connection closes [MQTT-3.2.2-5].
  @_lifetime(output: copy output)
  public static func encodeRefused(
    _ code: ConnectReturnCode, _ version: ProtocolVersion, into output: inout OutputRawSpan
  ) throws(CodecError) {
    try Connack(isSessionPresent: false, returnCode: code).encode(into: &output, version: version)
  }

  /// The return code that tells of a refusal [MQTT 3.2.2.3].
  public static func returnCode(for refusal: Refusal) -> ConnectReturnCode {
    switch refusal {
    // [MQTT-3.1.3-8], [MQTT-3.1.3-9]
    case .clientIdentifierNotValid: .identifierRejected
    case .notAuthorized: .notAuthorized
    case .quotaExceeded: .serverUnavailable
    }
  }

  /// Writes a PUBACK, PUBREC, PUBREL or PUBCOMP [MQTT 3.4] to [MQTT 3.7].
  @_lifetime(output: copy output)
  public static func encode(
    _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier,
    _ version: ProtocolVersion, into output: inout OutputRawSpan
  ) throws(CodecError) {
    try PublishAcknowledgement(kind, packetID).encode(into: &output, version: version)
  }

  /// Writes a SUBACK [MQTT 3.9].
  @_lifetime(output: copy output)
  public static func encodeSubscribed(
    _ packetID: PacketIdentifier, _ codes: Span<GrantCode>, _ version: ProtocolVersion,
    into output: inout OutputRawSpan
  ) throws(CodecError) {
    try codes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(CodecError) in
      let returnCodes = Span<UInt8>(_unsafeBytes: raw)
      try Suback(packetIdentifier: packetID, returnCodes: returnCodes)
        .encode(into: &output, version: version)
    }
  }

  /// Writes an UNSUBACK [MQTT 3.11].
  @_lifetime(output: copy output)
  public static func encodeUnsubscribed(
    _ packetID: PacketIdentifier, _ version: ProtocolVersion, into output: inout OutputRawSpan
  ) throws(CodecError) {
    try Unsuback(packetIdentifier: packetID).encode(into: &output, version: version)
  }

  /// Writes a PINGRESP [MQTT 3.13].
  @_lifetime(output: copy output)
  public static func encodePong(into output: inout OutputRawSpan) throws(CodecError) {
    try Pingresp().encode(into: &output)
  }
}

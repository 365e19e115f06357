import MQTTCodec
import MQTTTerms
import SessionLink
import WireBytes

/// The short packets that a connection sends, in the version that its peer speaks.
public enum OutboundPackets {
  /// The octets that any of the answers below takes at most, codes of filters aside.
  public static var answerSize: Int { 8 }

  /// Writes a PUBACK or PUBREC [MQTT 3.4], [MQTT 3.5], without Reason String and User Properties
  /// [MQTT5-3.4.2-2] [MQTT5-3.4.2-3] [MQTT5-3.5.2-2] [MQTT5-3.5.2-3].
  @inlinable
  @_lifetime(output: copy output)
  public static func encode(
    _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier, _ reception: Reception,
    _ version: ProtocolVersion, into output: inout OutputRawSpan
  ) throws(CodecError) {
    let reason = reception == .accepted ? ReasonCode.success : reasonCode(of: reception)
    try PublishAcknowledgement(kind, packetID, reasonCode: reason)
      .encode(into: &output, version: version)
  }

  /// What a reception is called in PUBACK and PUBREC [MQTT5-3.4.2-1] [MQTT5-3.5.2-1].
  public static func reasonCode(of reception: Reception) -> ReasonCode {
    switch reception {
    case .accepted: .success
    case .withoutSubscribers: .noMatchingSubscribers
    case .notAuthorized: .notAuthorized
    case .tooLarge: .implementationSpecificError
    case .quotaExceeded: .quotaExceeded
    case .payloadFormatInvalid: .payloadFormatInvalid
    }
  }

  /// Writes a PUBREL or PUBCOMP [MQTT 3.6], [MQTT 3.7], likewise [MQTT5-3.6.2-2] [MQTT5-3.6.2-3]
  /// [MQTT5-3.7.2-2] [MQTT5-3.7.2-3].
  @_lifetime(output: copy output)
  public static func encode(
    _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier, isKnown: Bool,
    _ version: ProtocolVersion, into output: inout OutputRawSpan
  ) throws(CodecError) {
    let reason = isKnown ? ReasonCode.success : .packetIdentifierNotFound
    try PublishAcknowledgement(kind, packetID, reasonCode: reason)
      .encode(into: &output, version: version)
  }

  /// Writes a SUBACK [MQTT 3.9], likewise [MQTT5-3.9.2-1] [MQTT5-3.9.2-2].
  @_lifetime(output: copy output)
  public static func encodeSubscribed(
    _ packetID: PacketIdentifier, _ codes: Span<GrantCode>, _ version: ProtocolVersion,
    into output: inout OutputRawSpan
  ) throws(CodecError) {
    try withOctets(of: codes, version) { (octets) throws(CodecError) in
      try Suback(packetIdentifier: packetID, returnCodes: octets)
        .encode(into: &output, version: version)
    }
  }

  /// Writes an UNSUBACK [MQTT 3.11], likewise [MQTT5-3.11.2-1] [MQTT5-3.11.2-2].
  @_lifetime(output: copy output)
  public static func encodeUnsubscribed(
    _ packetID: PacketIdentifier, _ codes: Span<GrantCode>, _ version: ProtocolVersion,
    into output: inout OutputRawSpan
  ) throws(CodecError) {
    guard version == .mqtt50 else {
      return try Unsuback(packetIdentifier: packetID).encode(into: &output, version: version)
    }
    try withOctets(of: codes, version) { (octets) throws(CodecError) in
      try Unsuback(packetIdentifier: packetID, reasonCodes: octets)
        .encode(into: &output, version: version)
    }
  }

  /// The codes as the version has them: 3.1.1 knows one failure [MQTT-3.9.3-2], 3.1 knows none and
  /// leaves the peer in the belief that it has subscribed [MQTT 3.1, 3.9].
  private static func withOctets(
    of codes: Span<GrantCode>, _ version: ProtocolVersion,
    _ body: (Span<UInt8>) throws(CodecError) -> Void
  ) throws(CodecError) {
    var hasFailure = false
    for index in 0..<codes.count where codes[index].isFailure { hasFailure = true }
    guard hasFailure, version != .mqtt50 else {
      return try codes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(CodecError) in
        try body(Span<UInt8>(_unsafeBytes: raw))
      }
    }
    let failure = version == .mqtt311 ? Suback.failure : 0
    var octets: [UInt8] = []
    for index in 0..<codes.count {
      octets.append(codes[index].isFailure ? failure : codes[index].rawValue)
    }
    try body(octets.span)
  }

  /// Writes a PINGRESP [MQTT 3.13].
  @_lifetime(output: copy output)
  public static func encodePong(into output: inout OutputRawSpan) throws(CodecError) {
    try Pingresp().encode(into: &output)
  }
}

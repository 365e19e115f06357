import MQTTTerms
import WireBytes

/// UNSUBACK: the answer to UNSUBSCRIBE, in 5.0 with a Reason Code for each Topic Filter in its
/// order [MQTT 3.11].
public struct Unsuback: ~Escapable, BitwiseCopyable {
  /// The identifier of the UNSUBSCRIBE.
  public var packetIdentifier: PacketIdentifier
  /// A reason for people, User Properties; only in 5.0.
  public var properties: Properties
  /// The Reason Codes, an octet each; none before 5.0.
  public var reasonCodes: Span<UInt8>

  /// An answer to that UNSUBSCRIBE. Before 5.0 neither Reason Codes nor properties are written.
  @_lifetime(copy reasonCodes, copy properties)
  public init(
    packetIdentifier: PacketIdentifier, reasonCodes: Span<UInt8>? = nil,
    properties: Properties? = nil
  ) {
    self.packetIdentifier = packetIdentifier
    self.properties = Properties(properties)
    if let reasonCodes { self.reasonCodes = reasonCodes } else { self.reasonCodes = Span() }
  }

  /// Decodes the octets after the fixed header.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Unsuback {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    guard version == .mqtt50 else {
      try reader.finish()
      return Unsuback(packetIdentifier: identifier)
    }
    let properties = try reader.properties(of: .unsuback, version: version)
    let codes = reader.rest()
    try check(codes)
    return Unsuback(packetIdentifier: identifier, reasonCodes: codes, properties: properties)
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int {
    packetSize(remainingLength: remainingLength(version: version))
  }

  /// Appends the packet; `outOfRoom` when it does not fit, and what is wrong with Reason Codes and
  /// properties.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    if version == .mqtt50 {
      try Unsuback.check(reasonCodes)
      try properties.check(for: .unsuback)
    }
    try output.appendFixedHeader(
      .unsuback, flags: 0, remainingLength: remainingLength(version: version))
    output.append(bigEndian: packetIdentifier.rawValue)
    guard version == .mqtt50 else { return }
    output.append(properties, version: version)
    output.append(bytes: reasonCodes)
  }

  private func remainingLength(version: ProtocolVersion) -> Int {
    guard version == .mqtt50 else { return 2 }
    return 2 + properties.fieldSize(version: version) + reasonCodes.count
  }

  private static func check(_ codes: Span<UInt8>) throws(CodecError) {
    guard !codes.isEmpty else { throw .emptyPayload }
    var index = 0
    while index < codes.count {
      // [MQTT5-3.11.3-2]
      guard ReasonCode(rawValue: codes[index]).isAllowed(in: .unsuback) else {
        throw .malformedReturnCode
      }
      index += 1
    }
  }
}

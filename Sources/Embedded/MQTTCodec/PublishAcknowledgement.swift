import MQTTTerms
import WireBytes

/// PUBACK, PUBREC, PUBREL or PUBCOMP: four packets of one form [MQTT 3.4] to [MQTT 3.7].
@frozen
public struct PublishAcknowledgement: ~Escapable, BitwiseCopyable {
  /// Which of the four.
  @frozen
  public enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// Answers a PUBLISH of QoS 1.
    case puback = 4
    /// Answers a PUBLISH of QoS 2.
    case pubrec = 5
    /// Answers a PUBREC.
    case pubrel = 6
    /// Answers a PUBREL.
    case pubcomp = 7

    /// The same among all packets.
    var packetType: PacketType {
      switch self {
      case .puback: .puback
      case .pubrec: .pubrec
      case .pubrel: .pubrel
      case .pubcomp: .pubcomp
      }
    }
  }

  /// Which of the four.
  public var kind: Kind
  /// The result; `success` before 5.0.
  public var reasonCode: ReasonCode
  /// The identifier of the PUBLISH [MQTT-2.3.1-6], [MQTT5-2.2.1-5].
  public var packetIdentifier: PacketIdentifier
  /// A reason for people, User Properties; only in 5.0.
  public var properties: Properties

  /// An acknowledgement of that kind. Before 5.0 neither reason nor properties are written.
  @inlinable
  @_lifetime(copy properties)
  public init(
    _ kind: Kind, _ packetIdentifier: PacketIdentifier, reasonCode: ReasonCode = .success,
    properties: Properties? = nil
  ) {
    self.kind = kind
    self.packetIdentifier = packetIdentifier
    self.reasonCode = reasonCode
    self.properties = Properties(properties)
  }

  /// Decodes the octets after the fixed header.
  @inlinable
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, kind: Kind, version: ProtocolVersion
  ) throws(CodecError) -> PublishAcknowledgement {
    // A Remaining Length of 2 is success without properties in 5.0 too [MQTT5 3.4.2.1].
    guard body.count == 2 else { return try decodeLong(body, kind: kind, version: version) }
    let identifier = PacketIdentifier(UInt16(body[0]) << 8 | UInt16(body[1]))
    // [MQTT-2.3.1-6] [MQTT5-2.2.1-5]
    guard !identifier.isNone else { throw .malformedPacketIdentifier }
    return PublishAcknowledgement(kind, identifier)
  }

  @usableFromInline
  @_lifetime(copy body)
  static func decodeLong(
    _ body: Span<UInt8>, kind: Kind, version: ProtocolVersion
  ) throws(CodecError) -> PublishAcknowledgement {
    guard body.count > 2 else { throw .truncated }
    guard version == .mqtt50 else { throw .trailingBytes }
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    let reasonCode = ReasonCode(rawValue: try reader.uint8())
    // [MQTT5-3.4.2-1] [MQTT5-3.5.2-1] [MQTT5-3.6.2-1] [MQTT5-3.7.2-1]
    guard reasonCode.isAllowed(in: kind.packetType) else { throw .malformedReturnCode }
    // The Property Length may be missing [MQTT5 3.4.2.2.1].
    if reader.isEmpty {
      return PublishAcknowledgement(kind, identifier, reasonCode: reasonCode)
    }
    let properties = try reader.properties(of: .acknowledgement, version: version)
    try reader.finish()
    return PublishAcknowledgement(
      kind, identifier, reasonCode: reasonCode, properties: properties)
  }

  /// How many octets the packet takes on the wire.
  @inlinable
  public func encodedSize(version: ProtocolVersion) -> Int {
    isShort(version) ? 4 : packetSize(remainingLength: longRemainingLength)
  }

  /// Appends the packet, as short as it can be; `outOfRoom` when it does not fit, and what is wrong
  /// with Reason Code and properties.
  @inlinable
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    guard isShort(version) else { return try encodeLong(into: &output) }
    guard output.freeCapacity >= 4 else { throw .outOfRoom }
    output.append(firstOctet)
    output.append(2 as UInt8)
    output.append(bigEndian: packetIdentifier.rawValue)
  }

  @usableFromInline
  @_lifetime(output: copy output)
  func encodeLong(into output: inout OutputRawSpan) throws(CodecError) {
    // [MQTT5-3.4.2-1] [MQTT5-3.5.2-1] [MQTT5-3.6.2-1] [MQTT5-3.7.2-1]
    guard reasonCode.isAllowed(in: kind.packetType) else { throw .malformedReturnCode }
    try properties.check(for: .acknowledgement)
    try output.appendFixedHeader(
      kind.packetType, flags: firstOctet & 0x0F, remainingLength: longRemainingLength)
    output.append(bigEndian: packetIdentifier.rawValue)
    output.append(reasonCode.rawValue)
    if !properties.isEmpty { output.append(properties, version: .mqtt50) }
  }

  @inlinable var firstOctet: UInt8 {
    // [MQTT-3.6.1-1] [MQTT5-3.6.1-1]
    kind.rawValue << 4 | (kind == .pubrel ? 0b0010 : 0)
  }

  @inlinable
  func isShort(_ version: ProtocolVersion) -> Bool {
    version != .mqtt50 || reasonCode == .success && properties.isEmpty
  }

  @usableFromInline var longRemainingLength: Int {
    properties.isEmpty ? 3 : 3 + properties.fieldSize(version: .mqtt50)
  }
}

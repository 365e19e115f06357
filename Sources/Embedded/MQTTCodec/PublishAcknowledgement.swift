import MQTTTerms
import WireBytes

/// PUBACK, PUBREC, PUBREL or PUBCOMP: four packets of one form [MQTT 3.4] to [MQTT 3.7].
@frozen
public struct PublishAcknowledgement: BitwiseCopyable, Sendable, Equatable {
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
  }

  /// Which of the four.
  public var kind: Kind
  /// The identifier of the PUBLISH [MQTT-2.3.1-6].
  public var packetIdentifier: PacketIdentifier

  /// An acknowledgement of that kind.
  @inlinable
  public init(_ kind: Kind, _ packetIdentifier: PacketIdentifier) {
    self.kind = kind
    self.packetIdentifier = packetIdentifier
  }

  /// Decodes the octets after the fixed header.
  @inlinable
  public static func decode(
    _ body: Span<UInt8>, kind: Kind, version: ProtocolVersion
  ) throws(CodecError) -> PublishAcknowledgement {
    guard body.count == 2 else { throw body.count < 2 ? .truncated : .trailingBytes }
    let identifier = PacketIdentifier(UInt16(body[0]) << 8 | UInt16(body[1]))
    // [MQTT-2.3.1-1]
    guard !identifier.isNone else { throw .malformedPacketIdentifier }
    return PublishAcknowledgement(kind, identifier)
  }

  /// How many octets the packet takes on the wire.
  @inlinable
  public func encodedSize(version: ProtocolVersion) -> Int { 4 }

  /// Appends the packet; `outOfRoom` when it does not fit.
  @inlinable
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    guard output.freeCapacity >= 4 else { throw .outOfRoom }
    // [MQTT-3.6.1-1]
    output.append(kind.rawValue << 4 | (kind == .pubrel ? 0b0010 : 0))
    output.append(2 as UInt8)
    output.append(bigEndian: packetIdentifier.rawValue)
  }
}

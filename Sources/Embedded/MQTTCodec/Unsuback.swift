import MQTTTerms
import WireBytes

/// UNSUBACK: the answer to UNSUBSCRIBE [MQTT 3.11].
@frozen
public struct Unsuback: BitwiseCopyable, Sendable, Equatable {
  /// The identifier of the UNSUBSCRIBE.
  public var packetIdentifier: PacketIdentifier

  /// An answer to that UNSUBSCRIBE.
  @inlinable
  public init(packetIdentifier: PacketIdentifier) { self.packetIdentifier = packetIdentifier }

  /// Decodes the octets after the fixed header.
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Unsuback {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    try reader.finish()
    return Unsuback(packetIdentifier: identifier)
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int { packetSize(remainingLength: 2) }

  /// Appends the packet; `outOfRoom` when it does not fit.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    try output.appendFixedHeader(.unsuback, flags: 0, remainingLength: 2)
    output.append(bigEndian: packetIdentifier.rawValue)
  }
}

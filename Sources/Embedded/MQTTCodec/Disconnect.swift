import WireBytes

/// DISCONNECT: the client leaves and takes its will along [MQTT 3.14].
@frozen
public struct Disconnect: BitwiseCopyable, Sendable {
  /// A departure without words.
  @inlinable
  public init() {}

  /// Decodes the octets after the fixed header: none.
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Disconnect {
    guard body.isEmpty else { throw .trailingBytes }
    return Disconnect()
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int { 2 }

  /// Appends the packet; `outOfRoom` when it does not fit.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    // [MQTT-3.14.1-1]
    try output.appendFixedHeader(.disconnect, flags: 0, remainingLength: 0)
  }
}

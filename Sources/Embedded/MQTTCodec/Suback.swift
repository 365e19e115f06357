import MQTTTerms
import WireBytes

/// SUBACK: the answer to SUBSCRIBE, a return code for each Topic Filter in its order [MQTT 3.9].
public struct Suback: ~Escapable, BitwiseCopyable {
  /// The identifier of the SUBSCRIBE.
  public var packetIdentifier: PacketIdentifier
  /// The return codes: the granted QoS (0, 1, 2) or `failure`.
  public var returnCodes: Span<UInt8>

  /// The return code of a refused subscription.
  public static var failure: UInt8 { 0x80 }

  /// A SUBACK of those parts.
  @_lifetime(copy returnCodes)
  public init(packetIdentifier: PacketIdentifier, returnCodes: Span<UInt8>) {
    self.packetIdentifier = packetIdentifier
    self.returnCodes = returnCodes
  }

  /// Decodes the octets after the fixed header.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Suback {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    let codes = reader.rest()
    // [MQTT-3.8.4-5]
    guard !codes.isEmpty else { throw .emptyPayload }
    try check(codes, version: version)
    return Suback(packetIdentifier: identifier, returnCodes: codes)
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int {
    packetSize(remainingLength: 2 + returnCodes.count)
  }

  /// Appends the packet; `malformedReturnCode` when a code is none, `outOfRoom` when the packet
  /// does not fit.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    try Suback.check(returnCodes, version: version)
    try output.appendFixedHeader(.suback, flags: 0, remainingLength: 2 + returnCodes.count)
    output.append(bigEndian: packetIdentifier.rawValue)
    output.append(bytes: returnCodes)
  }

  private static func check(
    _ codes: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) {
    var index = 0
    while index < codes.count {
      // [MQTT-3.9.3-2] Version 3.1 knows no failure.
      guard codes[index] <= 2 || codes[index] == failure && version != .mqtt31 else {
        throw .malformedReturnCode
      }
      index += 1
    }
  }
}

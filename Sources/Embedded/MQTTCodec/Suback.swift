import MQTTTerms
import WireBytes

/// SUBACK: the answer to SUBSCRIBE, a return code for each Topic Filter in its order [MQTT 3.9].
public struct Suback: ~Escapable, BitwiseCopyable {
  /// The identifier of the SUBSCRIBE.
  public var packetIdentifier: PacketIdentifier
  /// A reason for people, User Properties; only in 5.0.
  public var properties: Properties
  /// The return codes: the granted QoS (0, 1, 2) or `failure`; in 5.0 Reason Codes.
  public var returnCodes: Span<UInt8>

  /// The return code of a refused subscription.
  public static var failure: UInt8 { 0x80 }

  /// A SUBACK of those parts.
  @_lifetime(copy returnCodes, copy properties)
  public init(
    packetIdentifier: PacketIdentifier, returnCodes: Span<UInt8>,
    properties: Properties? = nil
  ) {
    self.packetIdentifier = packetIdentifier
    self.properties = Properties(properties)
    self.returnCodes = returnCodes
  }

  /// Decodes the octets after the fixed header.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Suback {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    let properties = try reader.properties(of: .suback, version: version)
    let codes = reader.rest()
    // [MQTT-3.8.4-5] [MQTT5-3.8.4-6]
    guard !codes.isEmpty else { throw .emptyPayload }
    try check(codes, version: version)
    return Suback(packetIdentifier: identifier, returnCodes: codes, properties: properties)
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int {
    packetSize(remainingLength: remainingLength(version: version))
  }

  /// Appends the packet; `malformedReturnCode` when a code is none, `outOfRoom` when the packet
  /// does not fit, and what is wrong with properties. Versions that have none get none.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    try Suback.check(returnCodes, version: version)
    if version == .mqtt50 { try properties.check(for: .suback) }
    try output.appendFixedHeader(
      .suback, flags: 0, remainingLength: remainingLength(version: version))
    output.append(bigEndian: packetIdentifier.rawValue)
    output.append(properties, version: version)
    output.append(bytes: returnCodes)
  }

  private func remainingLength(version: ProtocolVersion) -> Int {
    2 + properties.fieldSize(version: version) + returnCodes.count
  }

  private static func check(
    _ codes: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) {
    var index = 0
    while index < codes.count {
      guard isAllowed(codes[index], version: version) else { throw .malformedReturnCode }
      index += 1
    }
  }

  private static func isAllowed(_ code: UInt8, version: ProtocolVersion) -> Bool {
    switch version {
    // It knows no failure.
    case .mqtt31: code <= 2
    // [MQTT-3.9.3-2]
    case .mqtt311: code <= 2 || code == failure
    // [MQTT5-3.9.3-2]
    case .mqtt50: ReasonCode(rawValue: code).isAllowed(in: .suback)
    }
  }
}

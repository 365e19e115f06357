import WireBytes

/// CONNACK: the server's answer to CONNECT [MQTT 3.2].
public struct Connack: ~Escapable, BitwiseCopyable {
  /// Whether the server kept a session of this client; always false in 3.1 [MQTT 3.2.2.2].
  public var isSessionPresent: Bool
  /// Whether the connection is accepted, or why not. Before 5.0 the wire carries the
  /// `ConnectReturnCode` that comes nearest.
  public var reasonCode: ReasonCode
  /// What the server can do and demands; only in 5.0.
  public var properties: Properties

  /// A CONNACK of those parts.
  @_lifetime(copy properties)
  public init(
    isSessionPresent: Bool, reasonCode: ReasonCode, properties: Properties? = nil
  ) {
    self.isSessionPresent = isSessionPresent
    self.reasonCode = reasonCode
    self.properties = Properties(properties)
  }

  /// A CONNACK of those parts, as 3.1 and 3.1.1 have it.
  @_lifetime(immortal)
  public init(isSessionPresent: Bool, returnCode: ConnectReturnCode) {
    self.init(isSessionPresent: isSessionPresent, reasonCode: returnCode.reasonCode)
  }

  /// The return code of 3.1 and 3.1.1 that comes nearest to the Reason Code.
  public var returnCode: ConnectReturnCode { ConnectReturnCode(reasonCode) }

  /// Decodes the octets after the fixed header.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Connack {
    var reader = FieldReader(body)
    let flags = try reader.uint8()
    let reasonCode = try reader.connectReasonCode(version: version)
    let properties = try reader.properties(of: .connack, version: version)
    try reader.finish()
    // The octet was not used in 3.1.
    if version == .mqtt31 { return Connack(isSessionPresent: false, reasonCode: reasonCode) }
    // [MQTT-3.2.2-4] [MQTT5-3.2.2-1] [MQTT5-3.2.2-6]
    guard flags & 0xFE == 0, flags == 0 || reasonCode == .success else {
      throw .malformedAcknowledgeFlags
    }
    return Connack(
      isSessionPresent: flags != 0, reasonCode: reasonCode, properties: properties)
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int {
    packetSize(remainingLength: 2 + properties.fieldSize(version: version))
  }

  /// Appends the packet; `outOfRoom` when it does not fit, and what is wrong with Reason Code and
  /// properties. Versions that have no properties get none.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    if version == .mqtt50 {
      // [MQTT5-3.2.2-8]
      guard reasonCode.isAllowed(in: .connack) else { throw .malformedReturnCode }
      try properties.check(for: .connack)
    }
    try output.appendFixedHeader(
      .connack, flags: 0, remainingLength: 2 + properties.fieldSize(version: version))
    // [MQTT-3.2.2-4] [MQTT5-3.2.2-6]
    let mayBePresent = version != .mqtt31 && reasonCode == .success
    output.append(isSessionPresent && mayBePresent ? 1 as UInt8 : 0)
    output.append(version == .mqtt50 ? reasonCode.rawValue : returnCode.rawValue)
    output.append(properties, version: version)
  }
}

extension FieldReader {
  @_lifetime(self: copy self)
  fileprivate mutating func connectReasonCode(
    version: ProtocolVersion
  ) throws(CodecError) -> ReasonCode {
    let octet = try uint8()
    if version == .mqtt50 {
      let code = ReasonCode(rawValue: octet)
      // [MQTT5-3.2.2-8]
      guard code.isAllowed(in: .connack) else { throw .malformedReturnCode }
      return code
    }
    // [MQTT 3.2.2.3]
    guard let code = ConnectReturnCode(rawValue: octet) else { throw .malformedReturnCode }
    return code.reasonCode
  }
}

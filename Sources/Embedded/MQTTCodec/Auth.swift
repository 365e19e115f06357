import WireBytes

/// AUTH: one step of an authentication exchange, in 5.0 only [MQTT5 3.15].
public struct Auth: ~Escapable, BitwiseCopyable {
  /// `success`, `continueAuthentication` or `reauthenticate`.
  public var reasonCode: ReasonCode
  /// The Authentication Method, its data, a reason for people.
  public var properties: Properties

  /// A step of that kind.
  @_lifetime(copy properties)
  public init(_ reasonCode: ReasonCode, properties: Properties? = nil) {
    self.reasonCode = reasonCode
    self.properties = Properties(properties)
  }

  /// Decodes the octets after the fixed header.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Auth {
    guard version == .mqtt50 else { throw .malformedPacketType }
    if body.isEmpty { return Auth(.success) }
    var reader = FieldReader(body)
    let reasonCode = ReasonCode(rawValue: try reader.uint8())
    let properties = try reader.properties(of: .auth, version: version)
    try reader.finish()
    let auth = Auth(reasonCode, properties: properties)
    try auth.check()
    return auth
  }

  /// Throws when `sender` may not send this: `malformedReturnCode`.
  public func check(from sender: Sender) throws(CodecError) {
    guard reasonCode.isAllowed(in: .auth, from: sender) else { throw .malformedReturnCode }
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int {
    packetSize(remainingLength: remainingLength)
  }

  /// Appends the packet; `outOfRoom` when it does not fit, `malformedPacketType` before 5.0,
  /// `missingProperty` without Authentication Method, and what else is wrong with Reason Code and
  /// properties.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    guard version == .mqtt50 else { throw .malformedPacketType }
    if !isShort { try check() }
    // [MQTT5-3.15.1-1]
    try output.appendFixedHeader(.auth, flags: 0, remainingLength: remainingLength)
    if isShort { return }
    output.append(reasonCode.rawValue)
    output.append(properties, version: version)
  }

  private func check() throws(CodecError) {
    // [MQTT5-3.15.2-1]
    guard reasonCode.isAllowed(in: .auth) else { throw .malformedReturnCode }
    // The method is not to be omitted [MQTT5 3.15.2.2.2].
    guard try properties.check(for: .auth).contains(.authenticationMethod) else {
      throw .missingProperty
    }
  }

  private var isShort: Bool { reasonCode == .success && properties.isEmpty }

  private var remainingLength: Int {
    isShort ? 0 : 1 + properties.fieldSize(version: .mqtt50)
  }
}

import WireBytes

/// The Protocol Names that a CONNECT can start with [MQTT 3.1.2.1].
enum ProtocolName {
  /// "MQTT", since 3.1.1.
  static var mqtt: InlineArray<4, UInt8> { [0x4D, 0x51, 0x54, 0x54] }
  /// "MQIsdp", in 3.1.
  static var mqisdp: InlineArray<6, UInt8> { [0x4D, 0x51, 0x49, 0x73, 0x64, 0x70] }

  /// The bit of the Protocol Level by which bridges before 5.0 tell that they are bridges: no
  /// standard has it, and every broker with bridges knows it.
  static var bridgeMark: UInt8 { 0x80 }

  /// How many octets the name of `version` takes, its length included.
  static func encodedSize(version: ProtocolVersion) -> Int { version == .mqtt31 ? 8 : 6 }
}

extension FieldReader {
  /// Reads Protocol Name and Protocol Level, and whether the level is marked as a bridge's.
  @_lifetime(self: copy self)
  mutating func protocolVersion() throws(CodecError) -> (ProtocolVersion, isBridge: Bool) {
    let (current, old) = (ProtocolName.mqtt, ProtocolName.mqisdp)
    let name = try binaryData()
    let isOld = areEqual(name, old.span)
    // [MQTT-3.1.2-1] [MQTT5-3.1.2-1]
    guard isOld || areEqual(name, current.span) else { throw .unsupportedProtocolName }
    let level = try uint8()
    let isBridge = level & ProtocolName.bridgeMark != 0
    // [MQTT-3.1.2-2] [MQTT5-3.1.2-2]
    guard let version = ProtocolVersion(rawValue: level & ~ProtocolName.bridgeMark),
      isOld == (version == .mqtt31), !isBridge || version != .mqtt50
    else { throw .unsupportedProtocolLevel }
    return (version, isBridge)
  }
}

extension OutputRawSpan {
  /// Appends Protocol Name and Protocol Level; the caller has checked the room.
  @_lifetime(self: copy self)
  mutating func append(protocolVersion version: ProtocolVersion, isBridge: Bool) {
    if version == .mqtt31 {
      let name = ProtocolName.mqisdp
      append(lengthPrefixed: name.span)
    } else {
      let name = ProtocolName.mqtt
      append(lengthPrefixed: name.span)
    }
    append(
      isBridge && version != .mqtt50 ? version.rawValue | ProtocolName.bridgeMark : version.rawValue
    )
  }
}

import WireBytes

/// DISCONNECT: the client leaves and takes its will along; in 5.0 either side leaves and says why
/// [MQTT 3.14].
public struct Disconnect: ~Escapable, BitwiseCopyable {
  /// Why; `normalDisconnection` before 5.0.
  public var reasonCode: ReasonCode
  /// Session expiry, a reason for people, another server; only in 5.0.
  public var properties: Properties

  /// A departure for that reason. Before 5.0 neither reason nor properties are written.
  @_lifetime(copy properties)
  public init(
    _ reasonCode: ReasonCode = .normalDisconnection, properties: Properties? = nil
  ) {
    self.reasonCode = reasonCode
    self.properties = Properties(properties)
  }

  /// Decodes the octets after the fixed header: none before 5.0.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Disconnect {
    var reader = FieldReader(body)
    guard version == .mqtt50, !body.isEmpty else {
      try reader.finish()
      return Disconnect()
    }
    let reasonCode = ReasonCode(rawValue: try reader.uint8())
    // [MQTT5-3.14.2-1]
    guard reasonCode.isAllowed(in: .disconnect) else { throw .malformedReturnCode }
    // The Property Length may be missing [MQTT5 3.14.2.2.1].
    if reader.isEmpty { return Disconnect(reasonCode) }
    let properties = try reader.properties(of: .disconnect, version: version)
    try reader.finish()
    return Disconnect(reasonCode, properties: properties)
  }

  /// Throws when that side may not say this: `malformedReturnCode` for its Reason Code,
  /// `misplacedProperty` for a Session Expiry Interval from the server or a Server Reference from
  /// the client.
  public func check(from sender: Sender) throws(CodecError) {
    // [MQTT5-3.14.2-1]
    guard reasonCode.isAllowed(in: .disconnect, from: sender) else { throw .malformedReturnCode }
    var rest = properties
    while let property = try rest.next() {
      switch (property.identifier, sender) {
      // [MQTT5-3.14.2-2]
      case (.sessionExpiryInterval, .server), (.serverReference, .client):
        throw .misplacedProperty
      default: break
      }
    }
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int {
    packetSize(remainingLength: remainingLength(version: version))
  }

  /// Appends the packet, as short as it can be; `outOfRoom` when it does not fit, and what is wrong
  /// with Reason Code and properties.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    if version == .mqtt50 {
      // [MQTT5-3.14.2-1]
      guard reasonCode.isAllowed(in: .disconnect) else { throw .malformedReturnCode }
      try properties.check(for: .disconnect)
    }
    let length = remainingLength(version: version)
    // [MQTT-3.14.1-1] [MQTT5-3.14.1-1]
    try output.appendFixedHeader(.disconnect, flags: 0, remainingLength: length)
    if length >= 1 { output.append(reasonCode.rawValue) }
    if length >= 2 { output.append(properties, version: version) }
  }

  private func remainingLength(version: ProtocolVersion) -> Int {
    guard version == .mqtt50 else { return 0 }
    if !properties.isEmpty { return 1 + properties.fieldSize(version: version) }
    return reasonCode == .normalDisconnection ? 0 : 1
  }
}

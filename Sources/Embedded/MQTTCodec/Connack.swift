import WireBytes

/// The return code of a CONNACK [MQTT 3.2.2.3].
@frozen
public enum ConnectReturnCode: UInt8, BitwiseCopyable, Sendable {
  /// Connection accepted.
  case accepted = 0
  /// The server does not support the level of the protocol that the client asked for.
  case unacceptableProtocolVersion = 1
  /// The Client Identifier is not allowed.
  case identifierRejected = 2
  /// The MQTT service is unavailable.
  case serverUnavailable = 3
  /// The User Name or Password is malformed.
  case badUserNameOrPassword = 4
  /// The client is not authorized to connect.
  case notAuthorized = 5
}

/// CONNACK: the server's answer to CONNECT [MQTT 3.2].
@frozen
public struct Connack: BitwiseCopyable, Sendable, Equatable {
  /// Whether the server kept a session of this client; always false in 3.1 [MQTT 3.2.2.2].
  public var isSessionPresent: Bool
  /// Whether the connection is accepted, or why not.
  public var returnCode: ConnectReturnCode

  /// A CONNACK of those parts.
  @inlinable
  public init(isSessionPresent: Bool, returnCode: ConnectReturnCode) {
    self.isSessionPresent = isSessionPresent
    self.returnCode = returnCode
  }

  /// Decodes the octets after the fixed header.
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Connack {
    var reader = FieldReader(body)
    let flags = try reader.uint8()
    let code = try reader.uint8()
    try reader.finish()
    guard let returnCode = ConnectReturnCode(rawValue: code) else { throw .malformedReturnCode }
    // The octet was not used in 3.1.
    if version == .mqtt31 { return Connack(isSessionPresent: false, returnCode: returnCode) }
    // [MQTT-3.2.2-4]
    guard flags & 0xFE == 0, flags == 0 || returnCode == .accepted else {
      throw .malformedAcknowledgeFlags
    }
    return Connack(isSessionPresent: flags != 0, returnCode: returnCode)
  }

  /// How many octets the packet takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int { packetSize(remainingLength: 2) }

  /// Appends the packet; `outOfRoom` when it does not fit.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    try output.appendFixedHeader(.connack, flags: 0, remainingLength: 2)
    // [MQTT-3.2.2-4]
    let mayBePresent = version != .mqtt31 && returnCode == .accepted
    output.append(isSessionPresent && mayBePresent ? 1 as UInt8 : 0)
    output.append(returnCode.rawValue)
  }
}

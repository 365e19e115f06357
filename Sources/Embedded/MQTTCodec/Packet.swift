import WireBytes

/// Any Control Packet, as views into the bytes that it was decoded from [MQTT 2.2.1].
@frozen
public enum Packet: ~Escapable, BitwiseCopyable {
  /// CONNECT.
  case connect(Connect)
  /// CONNACK.
  case connack(Connack)
  /// PUBLISH.
  case publish(Publish)
  /// PUBACK, PUBREC, PUBREL or PUBCOMP.
  case acknowledgement(PublishAcknowledgement)
  /// SUBSCRIBE.
  case subscribe(Subscribe)
  /// SUBACK.
  case suback(Suback)
  /// UNSUBSCRIBE.
  case unsubscribe(Unsubscribe)
  /// UNSUBACK.
  case unsuback(Unsuback)
  /// PINGREQ.
  case pingreq
  /// PINGRESP.
  case pingresp
  /// DISCONNECT.
  case disconnect(Disconnect)
  /// AUTH.
  case auth(Auth)

  /// Decodes the octets `body` that follow `header`.
  @inlinable
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, header: FixedHeader, version: ProtocolVersion
  ) throws(CodecError) -> Packet {
    switch header.packetType {
    case .publish:
      return .publish(try Publish.decode(body, flags: header.flags, version: version))
    case .puback: return try acknowledgement(body, .puback, version)
    case .pubrec: return try acknowledgement(body, .pubrec, version)
    case .pubrel: return try acknowledgement(body, .pubrel, version)
    case .pubcomp: return try acknowledgement(body, .pubcomp, version)
    default: return try decodeOther(body, type: header.packetType, version: version)
    }
  }

  @inlinable
  @_lifetime(copy body)
  static func acknowledgement(
    _ body: Span<UInt8>, _ kind: PublishAcknowledgement.Kind, _ version: ProtocolVersion
  ) throws(CodecError) -> Packet {
    .acknowledgement(try PublishAcknowledgement.decode(body, kind: kind, version: version))
  }

  @usableFromInline
  @_lifetime(copy body)
  static func decodeOther(
    _ body: Span<UInt8>, type: PacketType, version: ProtocolVersion
  ) throws(CodecError) -> Packet {
    switch type {
    case .connect: return .connect(try Connect.decode(body))
    case .connack: return .connack(try Connack.decode(body, version: version))
    case .subscribe: return .subscribe(try Subscribe.decode(body, version: version))
    case .suback: return .suback(try Suback.decode(body, version: version))
    case .unsubscribe: return .unsubscribe(try Unsubscribe.decode(body, version: version))
    case .unsuback: return .unsuback(try Unsuback.decode(body, version: version))
    case .disconnect: return .disconnect(try Disconnect.decode(body, version: version))
    case .auth: return .auth(try Auth.decode(body, version: version))
    default:
      guard body.isEmpty else { throw .trailingBytes }
      return type == .pingreq ? .pingreq : .pingresp
    }
  }
}

import WireBytes

/// The type of a Control Packet [MQTT 2.2.1].
@frozen
public enum PacketType: UInt8, BitwiseCopyable, Sendable {
  /// Client request to connect to the Server.
  case connect = 1
  /// Connect acknowledgement.
  case connack = 2
  /// Publish message.
  case publish = 3
  /// Publish acknowledgement.
  case puback = 4
  /// Publish received, the first answer at QoS 2.
  case pubrec = 5
  /// Publish release, the second request at QoS 2.
  case pubrel = 6
  /// Publish complete, the last answer at QoS 2.
  case pubcomp = 7
  /// Client subscribe request.
  case subscribe = 8
  /// Subscribe acknowledgement.
  case suback = 9
  /// Unsubscribe request.
  case unsubscribe = 10
  /// Unsubscribe acknowledgement.
  case unsuback = 11
  /// PING request.
  case pingreq = 12
  /// PING response.
  case pingresp = 13
  /// Client is disconnecting, in 5.0 also the server.
  case disconnect = 14
  /// Authentication exchange, in 5.0 only.
  case auth = 15

  /// The flags that the fixed header must carry; a PUBLISH has its own [MQTT-2.2.2-1].
  @inlinable public var reservedFlags: UInt8 {
    switch self {
    case .pubrel, .subscribe, .unsubscribe: 0b0010
    default: 0
    }
  }
}

/// What every Control Packet starts with: type, flags and Remaining Length [MQTT 2.2].
@frozen
public struct FixedHeader: BitwiseCopyable, Sendable {
  /// The type of the packet.
  public let packetType: PacketType
  /// The low four bits of the first octet.
  public let flags: UInt8
  /// How many octets the header itself took (2...5).
  public let size: Int
  /// How many octets follow the header (0...268,435,455).
  public let remainingLength: Int

  /// How many octets the whole packet takes, header included.
  @inlinable public var packetSize: Int { size &+ remainingLength }

  @inlinable
  init(packetType: PacketType, flags: UInt8, size: Int, remainingLength: Int) {
    self.packetType = packetType
    self.flags = flags
    self.size = size
    self.remainingLength = remainingLength
  }

  /// Decodes the header at the start of `bytes`; nil when its end has not arrived yet.
  ///
  /// Wrong types and flags are told from the first octet on, before the rest arrives.
  @inlinable
  @inline(__always)
  public static func decode(
    _ bytes: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> FixedHeader? {
    guard bytes.count >= 1 else { return nil }
    let first = bytes[0]
    let known = first >> 4 == 3 ? PacketType.publish : PacketType(rawValue: first >> 4)
    guard let type = known, type != .auth || version == .mqtt50 else { throw .malformedPacketType }
    guard type == .publish || areAllowed(first & 0x0F, of: type, version: version) else {
      throw .malformedHeaderFlags
    }
    guard bytes.count >= 2 else { return nil }
    let length = bytes[1]
    if length >= 0x80 { return try longHeader(bytes, type: type, version: version) }
    return FixedHeader(
      packetType: type, flags: first & 0x0F, size: 2, remainingLength: Int(length))
  }

  /// The octets after the header, when all of them are in `bytes`, which start with the header.
  @inlinable
  @inline(__always)
  @_lifetime(copy bytes)
  public func body(of bytes: Span<UInt8>) -> Span<UInt8>? {
    guard bytes.count >= packetSize else { return nil }
    return bytes.extracting(size..<packetSize)
  }

  @inlinable
  static func areAllowed(_ flags: UInt8, of type: PacketType, version: ProtocolVersion) -> Bool {
    // [MQTT-2.2.2-2] [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.14.1-1]
    // [MQTT5-2.1.3-1] [MQTT5-3.6.1-1] [MQTT5-3.8.1-1] [MQTT5-3.10.1-1] [MQTT5-3.14.1-1]
    // [MQTT5-3.15.1-1] In 3.1 what is sent at QoS 1 may carry DUP.
    let expected = type.reservedFlags
    return flags == expected || version == .mqtt31 && expected != 0 && flags == expected | 8
  }

  @usableFromInline
  static func longHeader(
    _ bytes: Span<UInt8>, type: PacketType, version: ProtocolVersion
  ) throws(CodecError) -> FixedHeader? {
    var reader = ByteReader(bytes.extracting(1..<bytes.count))
    let length: Int
    do { length = try reader.variableByteInteger() } catch {
      if error == .truncated { return nil }
      throw CodecError(error)
    }
    let size = bytes.count - reader.count
    // [MQTT5-1.5.5-1] 3.x only says how it is done.
    guard version != .mqtt50 || size == 1 + VariableByteInteger.encodedSize(length) else {
      throw .malformedInteger
    }
    return FixedHeader(
      packetType: type, flags: bytes[0] & 0x0F, size: size, remainingLength: length)
  }
}

extension OutputRawSpan {
  /// Checks the room for the whole packet, then appends its fixed header.
  @inlinable
  @_lifetime(self: copy self)
  mutating func appendFixedHeader(
    _ type: PacketType, flags: UInt8, remainingLength: Int
  ) throws(CodecError) {
    guard remainingLength <= VariableByteInteger.maximum else { throw .tooLong }
    guard freeCapacity >= packetSize(remainingLength: remainingLength) else { throw .outOfRoom }
    append(type.rawValue << 4 | flags)
    append(variableByteInteger: remainingLength)
  }
}

/// The octets of a packet whose Remaining Length is `remainingLength`.
@inlinable
func packetSize(remainingLength: Int) -> Int {
  1 &+ VariableByteInteger.encodedSize(remainingLength) &+ remainingLength
}

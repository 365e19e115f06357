import MQTTTerms
import WireBytes

/// PUBLISH: an Application Message on its way [MQTT 3.3].
@frozen
public struct Publish: ~Escapable, BitwiseCopyable {
  /// Everything before the payload.
  public let header: PublishHeader
  /// The Application Message; may be empty.
  public let payload: Span<UInt8>

  /// A PUBLISH of those parts; the header's `payloadSize` is set to that of `payload`.
  @inlinable
  @_lifetime(copy header, copy payload)
  public init(_ header: PublishHeader, payload: Span<UInt8>) {
    var complete = header
    complete.payloadSize = payload.count
    self.header = complete
    self.payload = payload
  }

  /// Decodes the octets after the fixed header, whose low four bits are `flags`.
  @inlinable
  @inline(__always)
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, flags: UInt8, version: ProtocolVersion
  ) throws(CodecError) -> Publish {
    // [MQTT-3.3.1-4]
    guard let qos = QoS(rawValue: flags >> 1 & 3) else { throw .malformedQoS }
    // [MQTT-3.3.1-2]
    guard flags & 0b1110 != 0b1000 else { throw .malformedHeaderFlags }
    guard body.count >= 2 else { throw .truncated }
    let topicEnd = 2 &+ (Int(body[0]) << 8 | Int(body[1]))
    // [MQTT-2.3.1-5]
    let payloadStart = qos == .atMostOnce ? topicEnd : topicEnd &+ 2
    guard body.count >= payloadStart else { throw .truncated }
    let topicName = body.extracting(2..<topicEnd)
    guard isTopicNameText(topicName) else { throw .malformedTopicName }
    var identifier = PacketIdentifier.none
    if qos != .atMostOnce {
      identifier.rawValue = UInt16(body[topicEnd]) << 8 | UInt16(body[topicEnd &+ 1])
      // [MQTT-2.3.1-1]
      guard !identifier.isNone else { throw .malformedPacketIdentifier }
    }
    let payload = body.extracting(payloadStart..<body.count)
    let header = PublishHeader(
      topicName: topicName, payloadSize: payload.count, qos: qos, isRetained: flags & 1 != 0,
      packetIdentifier: identifier, isDuplicate: flags & 8 != 0)
    return Publish(header, payload: payload)
  }

  /// How many octets the packet takes on the wire.
  @inlinable
  public func encodedSize(version: ProtocolVersion) -> Int { header.packetSize(version: version) }

  /// Appends the packet; `tooLong` or `outOfRoom` when it cannot be, and then nothing is written.
  @inlinable
  @inline(__always)
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    try header.encode(into: &output, version: version, payload: payload, reserving: 0)
  }
}

/// A PUBLISH up to its payload, which the caller appends: from where it lies, or once for many.
@frozen
public struct PublishHeader: ~Escapable, BitwiseCopyable {
  /// The Topic Name (1...65,535 octets, no wildcards).
  public var topicName: Span<UInt8>
  /// How many octets of payload follow.
  public var payloadSize: Int
  /// The Packet Identifier; `.none` at QoS 0, and only there.
  public var packetIdentifier: PacketIdentifier
  /// The Quality of Service.
  public var qos: QoS
  /// RETAIN: to the server "keep this", from the server "this was kept" [MQTT 3.3.1.3].
  public var isRetained: Bool
  /// DUP: sent once before, with the same Packet Identifier [MQTT 3.3.1.1].
  public var isDuplicate: Bool

  /// A header of those parts.
  @inlinable
  @_lifetime(copy topicName)
  public init(
    topicName: Span<UInt8>, payloadSize: Int = 0, qos: QoS = .atMostOnce, isRetained: Bool = false,
    packetIdentifier: PacketIdentifier = .none, isDuplicate: Bool = false
  ) {
    self.topicName = topicName
    self.payloadSize = payloadSize
    self.packetIdentifier = packetIdentifier
    self.qos = qos
    self.isRetained = isRetained
    self.isDuplicate = isDuplicate
  }

  /// The low four bits of the packet's first octet.
  @inlinable public var flags: UInt8 {
    qos.rawValue << 1 | (isRetained ? 1 : 0) | (isDuplicate ? 8 : 0)
  }

  /// How many octets the whole packet takes, payload included.
  @inlinable
  public func packetSize(version: ProtocolVersion) -> Int {
    MQTTCodec.packetSize(remainingLength: remainingLength(version: version))
  }

  /// Where the Packet Identifier's two octets lie, counted from the packet's first octet, so that
  /// one encoded image serves many; nil at QoS 0.
  @inlinable
  public func packetIdentifierOffset(version: ProtocolVersion) -> Int? {
    if qos == .atMostOnce { return nil }
    return 3 + VariableByteInteger.encodedSize(remainingLength(version: version))
      + topicName.count
  }

  /// Appends the header. Throws, with nothing written, `outOfRoom` unless `reserving` more octets
  /// fit after it, `tooLong` when topic or packet are, `malformedPacketIdentifier` when the
  /// identifier does not suit the QoS.
  @inlinable
  @inline(__always)
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion, reserving: Int = 0
  ) throws(CodecError) {
    try encode(into: &output, version: version, payload: Span(), reserving: reserving)
  }

  @inlinable
  @inline(__always)
  @_lifetime(output: copy output)
  func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion, payload: Span<UInt8>,
    reserving: Int
  ) throws(CodecError) {
    // [MQTT-2.3.1-1] [MQTT-2.3.1-5]
    guard packetIdentifier.isNone == (qos == .atMostOnce) else { throw .malformedPacketIdentifier }
    let length = remainingLength(version: version)
    // A length that overflowed is negative, and so a huge one here.
    guard topicName.count <= topicMaximumLength, payloadSize >= 0,
      UInt(bitPattern: length) <= UInt(bitPattern: VariableByteInteger.maximum)
    else { throw .tooLong }
    let room = MQTTCodec.packetSize(remainingLength: length) &- payloadSize &+ payload.count
    guard output.freeCapacity >= room, output.freeCapacity &- room >= reserving else {
      throw .outOfRoom
    }
    unsafe output.withUnsafeMutableBytes { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      var cursor = unsafe OctetCursor(start + initialized)
      cursor.put(0x30 | flags)
      cursor.put(variableByteInteger: length)
      cursor.put(bigEndian: UInt16(truncatingIfNeeded: topicName.count))
      cursor.put(bytes: topicName)
      if qos != .atMostOnce { cursor.put(bigEndian: packetIdentifier.rawValue) }
      cursor.put(bytes: payload)
      initialized += room
    }
  }

  @inlinable
  func remainingLength(version: ProtocolVersion) -> Int {
    2 &+ topicName.count &+ (qos == .atMostOnce ? 0 : 2) &+ payloadSize
  }
}

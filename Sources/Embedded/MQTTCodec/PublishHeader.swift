import MQTTTerms
import WireBytes

/// A PUBLISH up to its payload, which the caller appends: from where it lies, or once for many.
@frozen
public struct PublishHeader: ~Escapable, BitwiseCopyable {
  /// The Topic Name (0...65,535 octets, no wildcards); empty only beside a Topic Alias.
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
  /// Properties in front of `properties`: what is this recipient's alone. None in a PUBLISH that
  /// was decoded; only in 5.0.
  public var leadingProperties: Properties
  /// The properties, written as they are: what all recipients of a message share. Only in 5.0.
  public var properties: Properties

  /// A header of those parts.
  @inlinable
  @_lifetime(copy topicName, copy properties, copy leadingProperties)
  public init(
    topicName: Span<UInt8>, payloadSize: Int = 0, qos: QoS = .atMostOnce, isRetained: Bool = false,
    packetIdentifier: PacketIdentifier = .none, isDuplicate: Bool = false,
    leadingProperties: Properties? = nil, properties: Properties? = nil
  ) {
    self.topicName = topicName
    self.payloadSize = payloadSize
    self.packetIdentifier = packetIdentifier
    self.qos = qos
    self.isRetained = isRetained
    self.isDuplicate = isDuplicate
    self.leadingProperties = Properties(leadingProperties)
    self.properties = Properties(properties)
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

  /// Where the first of the `leadingProperties` lies, counted from the packet's first octet, so
  /// that what is left of a Message Expiry Interval can be replaced in an encoded image; nil where
  /// there are no properties.
  @inlinable
  public func propertiesOffset(version: ProtocolVersion) -> Int? {
    if version != .mqtt50 || propertyLength == 0 { return nil }
    return 3 + VariableByteInteger.encodedSize(remainingLength(version: version))
      + topicName.count + (qos == .atMostOnce ? 0 : 2)
      + VariableByteInteger.encodedSize(propertyLength)
  }

  /// Appends the header. Throws, with nothing written, `outOfRoom` unless `reserving` more octets
  /// fit after it, `tooLong` when topic or packet are, `malformedPacketIdentifier` when the
  /// identifier does not suit the QoS. Versions that have no properties get none.
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
    // [MQTT-2.3.1-1] [MQTT-2.3.1-5] [MQTT5-2.2.1-2]
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
      if version == .mqtt50 {
        // [MQTT5-2.2.2-1]
        cursor.put(variableByteInteger: propertyLength)
        if propertyLength != 0 {
          cursor.put(bytes: leadingProperties.bytes)
          cursor.put(bytes: properties.bytes)
        }
      }
      cursor.put(bytes: payload)
      initialized += room
    }
  }

  @inlinable
  func remainingLength(version: ProtocolVersion) -> Int {
    let length = 2 &+ topicName.count &+ (qos == .atMostOnce ? 0 : 2) &+ payloadSize
    if version != .mqtt50 { return length }
    return length &+ VariableByteInteger.encodedSize(propertyLength) &+ propertyLength
  }

  @inlinable var propertyLength: Int { leadingProperties.bytes.count &+ properties.bytes.count }
}

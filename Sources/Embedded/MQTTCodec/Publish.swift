import MQTTTerms
import WireBytes

/// PUBLISH: an Application Message on its way [MQTT 3.3].
@frozen
public struct Publish: ~Escapable, BitwiseCopyable {
  /// Everything before the payload, properties included.
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
    // [MQTT-3.3.1-4] [MQTT5-3.3.1-4]
    guard let qos = QoS(rawValue: flags >> 1 & 3) else { throw .malformedQoS }
    // [MQTT-3.3.1-2] [MQTT5-3.3.1-2]
    guard flags & 0b1110 != 0b1000 else { throw .malformedHeaderFlags }
    guard body.count >= 2 else { throw .truncated }
    let topicEnd = 2 &+ (Int(body[0]) << 8 | Int(body[1]))
    // [MQTT-2.3.1-5] [MQTT5-2.2.1-2]
    var payloadStart = qos == .atMostOnce ? topicEnd : topicEnd &+ 2
    guard body.count >= payloadStart else { throw .truncated }
    let topicName = body.extracting(2..<topicEnd)
    // [MQTT-4.7.3-2] [MQTT5-3.3.2-1] [MQTT5-3.3.2-2] [MQTT5-4.7.3-2] An empty one needs a Topic
    // Alias.
    guard isTopicNameText(topicName) || version == .mqtt50 && topicName.isEmpty else {
      throw .malformedTopicName
    }
    var identifier = PacketIdentifier.none
    if qos != .atMostOnce {
      identifier.rawValue = UInt16(body[topicEnd]) << 8 | UInt16(body[topicEnd &+ 1])
      // [MQTT-2.3.1-1] [MQTT5-2.2.1-3] [MQTT5-2.2.1-4]
      guard !identifier.isNone else { throw .malformedPacketIdentifier }
    }
    var properties = Properties()
    if version == .mqtt50 {
      if body.count > payloadStart, body[payloadStart] == 0, !topicName.isEmpty {
        payloadStart &+= 1
      } else {
        properties = try decodeProperties(
          body, at: &payloadStart, isAliasNeeded: topicName.isEmpty)
      }
    }
    let payload = body.extracting(payloadStart..<body.count)
    let header = PublishHeader(
      topicName: topicName, payloadSize: payload.count, qos: qos, isRetained: flags & 1 != 0,
      packetIdentifier: identifier, isDuplicate: flags & 8 != 0, properties: properties)
    return Publish(header, payload: payload)
  }

  /// Reads the properties from the octet at `index`, and moves it to the payload.
  @usableFromInline
  @_lifetime(copy body)
  static func decodeProperties(
    _ body: Span<UInt8>, at index: inout Int, isAliasNeeded: Bool
  ) throws(CodecError) -> Properties {
    var reader = FieldReader(body.extracting(index..<body.count))
    let properties = Properties(try reader.bytes(try reader.variableByteInteger()))
    let identifiers = try properties.check(for: .publish)
    // [MQTT5 3.3.2.1]
    guard !isAliasNeeded || identifiers.contains(.topicAlias) else { throw .missingTopicName }
    index = body.count &- reader.count
    return properties
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

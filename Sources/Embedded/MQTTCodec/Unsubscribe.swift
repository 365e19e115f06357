import MQTTTerms
import WireBytes

/// UNSUBSCRIBE: a client no longer wants messages [MQTT 3.10].
public struct Unsubscribe: ~Escapable, BitwiseCopyable {
  /// The Packet Identifier that the UNSUBACK repeats.
  public var packetIdentifier: PacketIdentifier
  /// User Properties; only in 5.0.
  public var properties: Properties
  /// The Topic Filters as they stand on the wire.
  public var payload: Span<UInt8>

  /// Decodes the octets after the fixed header, and checks every Topic Filter.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Unsubscribe {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    let properties = try reader.properties(of: .unsubscribe, version: version)
    let unsubscribe = Unsubscribe(
      packetIdentifier: identifier, properties: properties, payload: reader.rest())
    var filters = unsubscribe.topicFilters
    // [MQTT-3.10.3-2] [MQTT5-3.10.3-2]
    guard try filters.next() != nil else { throw .emptyPayload }
    while try filters.next() != nil {}
    return unsubscribe
  }

  @_lifetime(copy payload, copy properties)
  init(packetIdentifier: PacketIdentifier, properties: Properties, payload: Span<UInt8>) {
    self.packetIdentifier = packetIdentifier
    self.properties = properties
    self.payload = payload
  }

  /// The Topic Filters, from the first one on.
  public var topicFilters: TopicFilters {
    @_lifetime(copy self) get { TopicFilters(payload) }
  }

  /// How many octets `topicFilter` takes in the payload.
  public static func encodedSize(topicFilter: Span<UInt8>) -> Int { 2 + topicFilter.count }

  /// Appends what stands before the Topic Filters, of which `payloadSize` octets follow;
  /// `outOfRoom` unless they fit too, and what is wrong with properties. Versions that have none
  /// get none.
  @_lifetime(output: copy output)
  public static func encodeHeader(
    packetIdentifier: PacketIdentifier, payloadSize: Int, into output: inout OutputRawSpan,
    version: ProtocolVersion, properties: Properties? = nil
  ) throws(CodecError) {
    let properties = Properties(properties)
    if version == .mqtt50 { try properties.check(for: .unsubscribe) }
    // [MQTT-3.10.1-1] [MQTT5-3.10.1-1]
    try output.appendFixedHeader(
      .unsubscribe, flags: 0b0010,
      remainingLength: 2 + properties.fieldSize(version: version) + payloadSize)
    output.append(bigEndian: packetIdentifier.rawValue)
    output.append(properties, version: version)
  }

  /// Appends one Topic Filter; `tooLong` or `outOfRoom` when it cannot be.
  @_lifetime(output: copy output)
  public static func encode(
    topicFilter: Span<UInt8>, into output: inout OutputRawSpan
  ) throws(CodecError) {
    guard topicFilter.count <= topicMaximumLength else { throw .tooLong }
    guard output.freeCapacity >= encodedSize(topicFilter: topicFilter) else { throw .outOfRoom }
    output.append(lengthPrefixed: topicFilter)
  }
}

/// Reads the Topic Filters of an UNSUBSCRIBE one by one.
public struct TopicFilters: ~Escapable, BitwiseCopyable {
  private var reader: FieldReader

  /// Reads on in a payload that `Unsubscribe.decode` has checked.
  @_lifetime(copy payload)
  public init(_ payload: Span<UInt8>) { reader = FieldReader(payload) }

  /// How many octets have not been read yet.
  public var remainingCount: Int { reader.count }

  /// The next Topic Filter; nil after the last one. Throws where it is malformed, which never
  /// happens after `Unsubscribe.decode`.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() throws(CodecError) -> Span<UInt8>? {
    if reader.isEmpty { return nil }
    // [MQTT-3.10.3-1] [MQTT5-3.10.3-1]
    return try reader.topicFilter()
  }
}

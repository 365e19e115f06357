import MQTTTerms
import WireBytes

/// UNSUBSCRIBE: a client no longer wants messages [MQTT 3.10].
public struct Unsubscribe: ~Escapable, BitwiseCopyable {
  /// The Packet Identifier that the UNSUBACK repeats.
  public var packetIdentifier: PacketIdentifier
  /// The Topic Filters as they stand on the wire.
  public var payload: Span<UInt8>

  /// Decodes the octets after the fixed header, and checks every Topic Filter.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Unsubscribe {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    let unsubscribe = Unsubscribe(packetIdentifier: identifier, payload: reader.rest())
    var filters = unsubscribe.topicFilters
    // [MQTT-3.10.3-2]
    guard try filters.next() != nil else { throw .emptyPayload }
    while try filters.next() != nil {}
    return unsubscribe
  }

  @_lifetime(copy payload)
  init(packetIdentifier: PacketIdentifier, payload: Span<UInt8>) {
    self.packetIdentifier = packetIdentifier
    self.payload = payload
  }

  /// The Topic Filters, from the first one on.
  public var topicFilters: TopicFilters {
    @_lifetime(copy self) get { TopicFilters(payload) }
  }

  /// How many octets `topicFilter` takes in the payload.
  public static func encodedSize(topicFilter: Span<UInt8>) -> Int { 2 + topicFilter.count }

  /// Appends what stands before the Topic Filters, of which `payloadSize` octets follow;
  /// `outOfRoom` unless they fit too.
  @_lifetime(output: copy output)
  public static func encodeHeader(
    packetIdentifier: PacketIdentifier, payloadSize: Int, into output: inout OutputRawSpan,
    version: ProtocolVersion
  ) throws(CodecError) {
    // [MQTT-3.10.1-1]
    try output.appendFixedHeader(.unsubscribe, flags: 0b0010, remainingLength: 2 + payloadSize)
    output.append(bigEndian: packetIdentifier.rawValue)
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
    // [MQTT-3.10.3-1]
    return try reader.topicFilter()
  }
}

import MQTTTerms
import WireBytes

/// One entry of a SUBSCRIBE: a Topic Filter and the most that is wanted [MQTT 3.8.3].
public struct SubscriptionRequest: ~Escapable, BitwiseCopyable {
  /// The Topic Filter.
  public var topicFilter: Span<UInt8>
  /// The Requested QoS.
  public var qos: QoS

  /// A request of those parts.
  @_lifetime(copy topicFilter)
  public init(topicFilter: Span<UInt8>, qos: QoS) {
    self.topicFilter = topicFilter
    self.qos = qos
  }

  /// How many octets the entry takes on the wire.
  public func encodedSize(version: ProtocolVersion) -> Int { 2 + topicFilter.count + 1 }

  /// Appends the entry; `tooLong` or `outOfRoom` when it cannot be.
  @_lifetime(output: copy output)
  public func encode(
    into output: inout OutputRawSpan, version: ProtocolVersion
  ) throws(CodecError) {
    guard topicFilter.count <= topicMaximumLength else { throw .tooLong }
    guard output.freeCapacity >= encodedSize(version: version) else { throw .outOfRoom }
    output.append(lengthPrefixed: topicFilter)
    output.append(qos.rawValue)
  }
}

/// SUBSCRIBE: a client asks for messages [MQTT 3.8].
public struct Subscribe: ~Escapable, BitwiseCopyable {
  /// The Packet Identifier that the SUBACK repeats.
  public var packetIdentifier: PacketIdentifier
  /// The entries as they stand on the wire.
  public var payload: Span<UInt8>
  let version: ProtocolVersion

  /// Decodes the octets after the fixed header, and checks every entry.
  @_lifetime(copy body)
  public static func decode(
    _ body: Span<UInt8>, version: ProtocolVersion
  ) throws(CodecError) -> Subscribe {
    var reader = FieldReader(body)
    let identifier = try reader.packetIdentifier()
    let subscribe = Subscribe(
      packetIdentifier: identifier, payload: reader.rest(), version: version)
    var requests = subscribe.requests
    // [MQTT-3.8.3-3]
    guard try requests.next() != nil else { throw .emptyPayload }
    while try requests.next() != nil {}
    return subscribe
  }

  @_lifetime(copy payload)
  init(packetIdentifier: PacketIdentifier, payload: Span<UInt8>, version: ProtocolVersion) {
    self.packetIdentifier = packetIdentifier
    self.payload = payload
    self.version = version
  }

  /// The entries, from the first one on.
  public var requests: SubscriptionRequests {
    @_lifetime(copy self) get { SubscriptionRequests(payload) }
  }

  /// Appends what stands before the entries, of which `payloadSize` octets follow; `outOfRoom`
  /// unless they fit too.
  @_lifetime(output: copy output)
  public static func encodeHeader(
    packetIdentifier: PacketIdentifier, payloadSize: Int, into output: inout OutputRawSpan,
    version: ProtocolVersion
  ) throws(CodecError) {
    // [MQTT-3.8.1-1]
    try output.appendFixedHeader(.subscribe, flags: 0b0010, remainingLength: 2 + payloadSize)
    output.append(bigEndian: packetIdentifier.rawValue)
  }
}

/// Reads the entries of a SUBSCRIBE one by one.
public struct SubscriptionRequests: ~Escapable, BitwiseCopyable {
  private var reader: FieldReader

  /// Reads on in a payload that `Subscribe.decode` has checked.
  @_lifetime(copy payload)
  public init(_ payload: Span<UInt8>) { reader = FieldReader(payload) }

  /// How many octets have not been read yet.
  public var remainingCount: Int { reader.count }

  /// The next entry; nil after the last one. Throws where the entry is malformed, which never
  /// happens after `Subscribe.decode`.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() throws(CodecError) -> SubscriptionRequest? {
    if reader.isEmpty { return nil }
    // [MQTT-3.8.3-1]
    let filter = try reader.topicFilter()
    // [MQTT-3.8.3-4]
    guard let qos = QoS(rawValue: try reader.uint8()) else { throw .malformedQoS }
    return SubscriptionRequest(topicFilter: filter, qos: qos)
  }
}

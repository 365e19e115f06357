import MQTTTerms
import WireBytes

/// SUBSCRIBE: a client asks for messages [MQTT 3.8].
public struct Subscribe: ~Escapable, BitwiseCopyable {
  /// The Packet Identifier that the SUBACK repeats.
  public var packetIdentifier: PacketIdentifier
  /// The Subscription Identifier, User Properties; only in 5.0.
  public var properties: Properties
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
    let properties = try reader.properties(of: .subscribe, version: version)
    let subscribe = Subscribe(
      packetIdentifier: identifier, properties: properties, payload: reader.rest(),
      version: version)
    var requests = subscribe.requests
    // [MQTT-3.8.3-3] [MQTT5-3.8.3-2]
    guard try requests.next() != nil else { throw .emptyPayload }
    while try requests.next() != nil {}
    return subscribe
  }

  @_lifetime(copy payload, copy properties)
  init(
    packetIdentifier: PacketIdentifier, properties: Properties, payload: Span<UInt8>,
    version: ProtocolVersion
  ) {
    self.packetIdentifier = packetIdentifier
    self.properties = properties
    self.payload = payload
    self.version = version
  }

  /// The entries, from the first one on.
  public var requests: SubscriptionRequests {
    @_lifetime(copy self) get { SubscriptionRequests(payload, version: version) }
  }

  /// Appends what stands before the entries, of which `payloadSize` octets follow; `outOfRoom`
  /// unless they fit too, and what is wrong with properties. Versions that have none get none.
  @_lifetime(output: copy output)
  public static func encodeHeader(
    packetIdentifier: PacketIdentifier, payloadSize: Int, into output: inout OutputRawSpan,
    version: ProtocolVersion, properties: Properties? = nil
  ) throws(CodecError) {
    let properties = Properties(properties)
    if version == .mqtt50 { try properties.check(for: .subscribe) }
    // [MQTT-3.8.1-1] [MQTT5-3.8.1-1]
    try output.appendFixedHeader(
      .subscribe, flags: 0b0010,
      remainingLength: 2 + properties.fieldSize(version: version) + payloadSize)
    output.append(bigEndian: packetIdentifier.rawValue)
    output.append(properties, version: version)
  }
}

/// Reads the entries of a SUBSCRIBE one by one.
public struct SubscriptionRequests: ~Escapable, BitwiseCopyable {
  private var reader: FieldReader
  private let version: ProtocolVersion

  /// Reads on in a payload that `Subscribe.decode` has checked.
  @_lifetime(copy payload)
  public init(_ payload: Span<UInt8>, version: ProtocolVersion) {
    reader = FieldReader(payload)
    self.version = version
  }

  /// How many octets have not been read yet.
  public var remainingCount: Int { reader.count }

  /// The next entry; nil after the last one. Throws where the entry is malformed, which never
  /// happens after `Subscribe.decode`.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() throws(CodecError) -> SubscriptionRequest? {
    if reader.isEmpty { return nil }
    // [MQTT-3.8.3-1] [MQTT5-3.8.3-1]
    let filter = try reader.topicFilter()
    let octet = try reader.uint8()
    let options =
      version == .mqtt50
      ? try SubscriptionOptions(rawValue: octet) : try SubscriptionOptions(requestedQoS: octet)
    let request = SubscriptionRequest(topicFilter: filter, options: options)
    try request.check()
    return request
  }
}

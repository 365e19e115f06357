import MQTTCodec
import MQTTTerms
import SessionLink
import WireBytes

/// One PUBLISH encoded once for many recipients: each gets a copy, and at QoS 1 its own Packet
/// Identifier in it.
public struct PublishImage: ~Copyable {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var count = 0
  private var form: Form?
  /// Where the Packet Identifier stands, or nothing at QoS 0.
  public private(set) var packetIDOffset: Int?

  /// What two recipients must share to share an image.
  struct Form: Equatable {
    var version: ProtocolVersion
    var qos: QoS
    var flags: DeliveryFlags
  }

  /// An image of nothing.
  public init() {}

  deinit { memory.deallocate() }

  /// The packet.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self) borrowing get {
      let span = Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<count]))
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Forgets the message before, so that the next `prepare` encodes.
  public mutating func forget() { form = nil }

  /// Encodes the message in the form that `recipient` of `connection` needs, unless that is what
  /// the image holds already.
  @inlinable
  public mutating func prepare(
    topic: Span<UInt8>, payload: Span<UInt8>, for recipient: Recipient, version: ProtocolVersion
  ) throws(CodecError) {
    if !fits(recipient, version) { try encode(topic, payload, recipient, version) }
  }

  @usableFromInline
  func fits(_ recipient: Recipient, _ version: ProtocolVersion) -> Bool {
    form == Form(version: version, qos: recipient.qos, flags: recipient.flags)
  }

  @usableFromInline
  mutating func encode(
    _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ recipient: Recipient,
    _ version: ProtocolVersion
  ) throws(CodecError) {
    let header = header(topic, payloadSize: payload.count, recipient)
    reserve(header.packetSize(version: version))
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    try header.encode(into: &output, version: version, reserving: payload.count)
    output.append(bytes: payload)
    count = output.finalize(for: memory)
    packetIDOffset = header.packetIdentifierOffset(version: version)
    form = Form(version: version, qos: recipient.qos, flags: recipient.flags)
  }

  private mutating func reserve(_ size: Int) {
    guard memory.count < size else { return }
    memory.deallocate()
    memory = .allocate(byteCount: max(size, 4096), alignment: 8)
  }
}

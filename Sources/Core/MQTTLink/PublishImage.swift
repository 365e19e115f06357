import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs
import WireBytes

/// One PUBLISH encoded once for many recipients: each gets a copy, and at QoS 1 its own Packet
/// Identifier in it.
public struct PublishImage: ~Copyable {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var count = 0
  @usableFromInline var form = Form.none
  /// Room for the properties that stand before those of the message.
  private var scratch = Slab<UInt8>()
  /// Where the Packet Identifier stands, or nothing at QoS 0.
  public private(set) var packetIDOffset: Int?

  /// What two recipients must share to share an image, in one word.
  @usableFromInline
  struct Form: Equatable, BitwiseCopyable {
    @usableFromInline var word: UInt64

    /// That of no image.
    @inlinable static var none: Form { Form(word: .max) }

    @inlinable
    init(word: UInt64) { self.word = word }

    @inlinable
    @inline(__always)
    init(_ recipient: Recipient, _ version: ProtocolVersion) {
      word =
        UInt64(version.rawValue) << 48 | UInt64(recipient.flags.rawValue) << 40
        | UInt64(recipient.qos.rawValue) << 32
      // Before 5.0 there are no Subscription Identifiers.
      if version == .mqtt50 { word |= UInt64(recipient.identifiers.word) }
    }
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
  public mutating func forget() { form = .none }

  /// Encodes the message in the form that `recipient` of a connection before 5.0 needs, unless that
  /// is what the image holds already.
  public mutating func prepare(
    topic: Span<UInt8>, payload: Span<UInt8>, for recipient: Recipient, version: ProtocolVersion
  ) throws(CodecError) {
    if !fits(recipient, version) { try encode(topic, payload, recipient, version) }
  }

  /// The same for a connection of 5.0 that uses no Topic Aliases. False when the packet is larger
  /// than `maximumSize`, which the peer takes [MQTT5-3.1.2-24].
  public mutating func prepare5(
    _ message: borrowing StoredMessage, for recipient: Recipient, identifiers: Span<UInt32>,
    maximumSize: UInt32
  ) throws(CodecError) -> Bool {
    // Two runs are never the same one.
    if recipient.identifiers.run != nil || !fits(recipient, .mqtt50) {
      try writeLeading(message, recipient, identifiers, alias: nil, to: &scratch)
      try encode5(message, recipient)
    }
    return count <= Int(maximumSize)
  }

  private mutating func encode5(
    _ message: borrowing StoredMessage, _ recipient: Recipient
  ) throws(CodecError) {
    let leading = _overrideLifetime(scratch.span, copying: ())
    let header = header5(message, recipient, leading, topic: message.topic)
    try write(header, message.payload, recipient, .mqtt50)
  }

  /// Whether the image is what `recipient` needs.
  @inlinable
  @inline(__always)
  public func fits(_ recipient: Recipient, _ version: ProtocolVersion) -> Bool {
    form == Form(recipient, version)
  }

  private mutating func encode(
    _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ recipient: Recipient,
    _ version: ProtocolVersion
  ) throws(CodecError) {
    try write(header(topic, payloadSize: payload.count, recipient), payload, recipient, version)
  }

  private mutating func write(
    _ header: PublishHeader, _ payload: Span<UInt8>, _ recipient: Recipient,
    _ version: ProtocolVersion
  ) throws(CodecError) {
    reserve(header.packetSize(version: version))
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    try header.encode(into: &output, version: version, reserving: payload.count)
    output.append(bytes: payload)
    count = output.finalize(for: memory)
    packetIDOffset = header.packetIdentifierOffset(version: version)
    form = Form(recipient, version)
  }

  private mutating func reserve(_ size: Int) {
    guard memory.count < size else { return }
    memory.deallocate()
    memory = .allocate(byteCount: max(size, 4096), alignment: 8)
  }
}

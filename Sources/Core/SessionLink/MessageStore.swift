import MQTTTerms
import Slabs

/// The name of a stored message. Whoever keeps one holds a reference in the store.
@frozen
public struct MessageID: BitwiseCopyable, Sendable, Hashable {
  /// The position in the store.
  public var index: UInt32

  /// Names a message.
  @inlinable
  public init(index: UInt32) { self.index = index }
}

/// Application messages, each kept once and counted: here is the one copy that a message costs.
///
/// Topic, payload and properties stand in one block. A freed message leaves its block to the next one in its
/// place, so that a steady stream of messages allocates nothing; large blocks, and those of more
/// than a thousand freed messages, go back to the heap.
public struct MessageStore: ~Copyable {
  @usableFromInline
  struct Entry: BitwiseCopyable {
    @usableFromInline var block: UnsafeMutablePointer<UInt8>
    /// When the message is of no use any more; `LinkTime.max` for never.
    @usableFromInline var expiresAt: LinkTime
    /// The octets that the block holds; 0 for no block.
    @usableFromInline var capacity: UInt32
    @usableFromInline var payloadCount: UInt32
    @usableFromInline var propertyCount: UInt32
    @usableFromInline var references: UInt32
    @usableFromInline var topicCount: UInt16
    @usableFromInline var qos: QoS
  }

  private static var keptCapacity: UInt32 { 4096 }
  private static var keptBlocks: Int { 1024 }

  @usableFromInline var entries = Slab<Entry>()
  @usableFromInline var free = Slab<UInt32>()
  /// Octets of all messages held: topics, payloads and properties.
  public private(set) var byteCount = 0

  /// An empty store.
  public init() {}

  deinit {
    for index in 0..<entries.count where entries[index].capacity > 0 {
      entries[index].block.deallocate()
    }
  }

  /// The number of messages held.
  public var count: Int { entries.count - free.count }

  /// Copies a message in, with one reference.
  public mutating func insert(
    topic: Span<UInt8>, payload: Span<UInt8>, properties: Span<UInt8> = Span(), qos: QoS,
    expiresAt: LinkTime = .max
  ) -> MessageID {
    let size = topic.count + payload.count + properties.count
    byteCount &+= size
    let index = takeSlot(for: size)
    let block = entries[index].block
    copy(topic, to: block)
    copy(payload, to: block + topic.count)
    if !properties.isEmpty { copy(properties, to: block + topic.count + payload.count) }
    entries[index].expiresAt = expiresAt
    entries[index].payloadCount = UInt32(truncatingIfNeeded: payload.count)
    entries[index].propertyCount = UInt32(truncatingIfNeeded: properties.count)
    entries[index].references = 1
    entries[index].topicCount = UInt16(truncatingIfNeeded: topic.count)
    entries[index].qos = qos
    return MessageID(index: UInt32(truncatingIfNeeded: index))
  }

  /// A slot whose block holds `size` octets.
  private mutating func takeSlot(for size: Int) -> Int {
    if let index = free.popLast() {
      if Int(entries[Int(index)].capacity) < size { renewBlock(of: Int(index), for: size) }
      return Int(index)
    }
    let capacity = Self.capacity(for: size)
    entries.append(
      Entry(
        block: .allocate(capacity: capacity), expiresAt: .max,
        capacity: UInt32(truncatingIfNeeded: capacity),
        payloadCount: 0, propertyCount: 0, references: 0, topicCount: 0, qos: .atMostOnce))
    return entries.count - 1
  }

  @inline(never)
  private mutating func renewBlock(of index: Int, for size: Int) {
    if entries[index].capacity > 0 { entries[index].block.deallocate() }
    let capacity = Self.capacity(for: size)
    entries[index].block = .allocate(capacity: capacity)
    entries[index].capacity = UInt32(truncatingIfNeeded: capacity)
  }

  /// A little more than is needed, so that the block fits the next message too.
  private static func capacity(for size: Int) -> Int { max((size + 31) & ~31, 32) }

  /// Adds a reference.
  @inlinable
  public mutating func retain(_ message: MessageID) {
    entries[Int(message.index)].references &+= 1
  }

  /// Gives a reference back; the last one frees the message.
  @inlinable
  public mutating func release(_ message: MessageID) {
    entries[Int(message.index)].references -= 1
    if entries[Int(message.index)].references == 0 { remove(message) }
  }

  /// The Topic Name.
  @inlinable
  @_lifetime(borrow self)
  public func topic(of message: MessageID) -> Span<UInt8> {
    let entry = entries[Int(message.index)]
    let span = Span<UInt8>(_unsafeStart: entry.block, count: Int(entry.topicCount))
    return _overrideLifetime(span, borrowing: self)
  }

  /// A copy of the Topic Name, for where the store itself is about to change.
  public func copyOfTopic(of message: MessageID) -> Slab<UInt8> { copy(of: topic(of: message)) }

  /// A copy of the Application Message, likewise.
  public func copyOfPayload(of message: MessageID) -> Slab<UInt8> {
    copy(of: payload(of: message))
  }

  private func copy(of octets: Span<UInt8>) -> Slab<UInt8> {
    var copy = Slab<UInt8>(capacity: octets.count)
    copy.append(contentsOf: octets)
    return copy
  }

  /// The Application Message.
  @inlinable
  @_lifetime(borrow self)
  public func payload(of message: MessageID) -> Span<UInt8> {
    let entry = entries[Int(message.index)]
    let span = Span<UInt8>(
      _unsafeStart: entry.block + Int(entry.topicCount), count: Int(entry.payloadCount))
    return _overrideLifetime(span, borrowing: self)
  }

  /// The properties that travel along unread.
  @inlinable
  @_lifetime(borrow self)
  public func properties(of message: MessageID) -> Span<UInt8> {
    let entry = entries[Int(message.index)]
    let start = entry.block + Int(entry.topicCount) + Int(entry.payloadCount)
    let span = Span<UInt8>(_unsafeStart: start, count: Int(entry.propertyCount))
    return _overrideLifetime(span, borrowing: self)
  }

  /// When the message is of no use any more; `LinkTime.max` for never.
  @inlinable
  public func expiresAt(_ message: MessageID) -> LinkTime {
    entries[Int(message.index)].expiresAt
  }

  /// Says when the message is of no use any more: a will's time runs from when it is published.
  public mutating func setExpiry(of message: MessageID, at time: LinkTime) {
    entries[Int(message.index)].expiresAt = time
  }

  /// How many octets the Application Message has.
  @inlinable
  public func payloadSize(of message: MessageID) -> Int {
    Int(entries[Int(message.index)].payloadCount)
  }

  /// The QoS it was published with.
  @inlinable
  public func qos(of message: MessageID) -> QoS { entries[Int(message.index)].qos }

  @usableFromInline
  mutating func remove(_ message: MessageID) {
    let index = Int(message.index)
    let entry = entries[index]
    byteCount &-= Int(entry.topicCount) &+ Int(entry.payloadCount) &+ Int(entry.propertyCount)
    if entry.capacity > Self.keptCapacity || free.count >= Self.keptBlocks {
      entry.block.deallocate()
      entries[index].capacity = 0
    }
    free.append(message.index)
  }

  private func copy(_ bytes: Span<UInt8>, to block: UnsafeMutablePointer<UInt8>) {
    bytes.withUnsafeBufferPointer { source in
      if let from = source.baseAddress { block.update(from: from, count: source.count) }
    }
  }
}

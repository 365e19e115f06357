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
/// Topic and payload stand in one block. Blocks of up to 4 KiB are used again, so that a steady
/// stream of messages allocates nothing.
public struct MessageStore: ~Copyable {
  @usableFromInline
  struct Entry: BitwiseCopyable {
    @usableFromInline var block: UnsafeMutablePointer<UInt8>
    @usableFromInline var payloadCount: UInt32
    @usableFromInline var references: UInt32
    @usableFromInline var topicCount: UInt16
    @usableFromInline var sizeClass: UInt8
    @usableFromInline var qos: QoS
  }

  @usableFromInline var entries = Slab<Entry>()
  @usableFromInline var free = Slab<UInt32>()
  private var blocks = BlockShelf()
  /// Octets of all messages held: topics and payloads.
  public private(set) var byteCount = 0

  /// An empty store.
  public init() {}

  deinit {
    for index in 0..<entries.count where entries[index].references > 0 {
      entries[index].block.deallocate()
    }
  }

  /// The number of messages held.
  public var count: Int { entries.count - free.count }

  /// Copies a message in, with one reference.
  public mutating func insert(topic: Span<UInt8>, payload: Span<UInt8>, qos: QoS) -> MessageID {
    let size = topic.count + payload.count
    byteCount += size
    let sizeClass = BlockShelf.sizeClass(of: size)
    let block = blocks.take(sizeClass, size: size)
    copy(topic, to: block)
    copy(payload, to: block + topic.count)
    let entry = Entry(
      block: block, payloadCount: UInt32(truncatingIfNeeded: payload.count), references: 1,
      topicCount: UInt16(truncatingIfNeeded: topic.count), sizeClass: sizeClass, qos: qos)
    if let index = free.popLast() {
      entries[Int(index)] = entry
      return MessageID(index: index)
    }
    entries.append(entry)
    return MessageID(index: UInt32(truncatingIfNeeded: entries.count - 1))
  }

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
  public func copyOfTopic(of message: MessageID) -> Slab<UInt8> {
    let topic = topic(of: message)
    var copy = Slab<UInt8>(capacity: topic.count)
    copy.append(contentsOf: topic)
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

  /// The QoS it was published with.
  @inlinable
  public func qos(of message: MessageID) -> QoS { entries[Int(message.index)].qos }

  @usableFromInline
  mutating func remove(_ message: MessageID) {
    let entry = entries[Int(message.index)]
    byteCount -= Int(entry.topicCount) + Int(entry.payloadCount)
    blocks.put(entry.block, entry.sizeClass)
    free.append(message.index)
  }

  private func copy(_ bytes: Span<UInt8>, to block: UnsafeMutablePointer<UInt8>) {
    bytes.withUnsafeBufferPointer { source in
      if let from = source.baseAddress { block.update(from: from, count: source.count) }
    }
  }
}

/// Freed blocks by size, kept for the next message. At most 256 of each size stay.
struct BlockShelf: ~Copyable {
  private var shelves: Slab<Slab<UnsafeMutablePointer<UInt8>>>

  /// The class for blocks above the largest size that is kept.
  private static let unkept: UInt8 = 7
  private static let keptPerSize = 256

  init() {
    shelves = Slab(capacity: Int(Self.unkept))
    for _ in 0..<Self.unkept { shelves.append(Slab()) }
  }

  deinit {
    for index in 0..<shelves.count {
      for kept in 0..<shelves[index].count { shelves[index][kept].deallocate() }
    }
  }

  /// Classes 0...6 hold 64, 128, … 4,096 octets.
  static func sizeClass(of size: Int) -> UInt8 {
    if size <= 64 { return 0 }
    if size > 4096 { return unkept }
    return UInt8(truncatingIfNeeded: Int.bitWidth - (size - 1).leadingZeroBitCount - 6)
  }

  mutating func take(_ sizeClass: UInt8, size: Int) -> UnsafeMutablePointer<UInt8> {
    guard sizeClass < Self.unkept else { return .allocate(capacity: size) }
    return shelves[Int(sizeClass)].popLast() ?? .allocate(capacity: 64 << Int(sizeClass))
  }

  mutating func put(_ block: UnsafeMutablePointer<UInt8>, _ sizeClass: UInt8) {
    if sizeClass < Self.unkept, shelves[Int(sizeClass)].count < Self.keptPerSize {
      shelves[Int(sizeClass)].append(block)
    } else {
      block.deallocate()
    }
  }
}

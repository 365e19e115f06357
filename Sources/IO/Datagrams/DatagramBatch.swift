import CLinux
import Glibc
import Reactor
import Slabs

/// Datagrams to send, in flat storage, that leave 64 with one system call.
///
/// Datagrams may get lost, so nothing is kept for later: what the system does not take at the flush
/// is dropped and counted.
public struct DatagramBatch: ~Copyable {
  private let slots = MessageSlots()
  private var entries = Slab<QueuedDatagram>(capacity: 64)
  private var memory = OwnedMemory(byteCount: 16_384)
  private var usedBytes = 0
  private let byteLimit: Int
  /// How many datagrams were dropped: refused by the system, or more than the batch may hold.
  public private(set) var droppedCount: UInt64 = 0
  /// Why the system refused the last one that it did; 0 when it never did.
  public private(set) var lastFailure: Int32 = 0

  /// An empty batch of at most `byteLimit` octets.
  public init(byteLimit: Int = 1 << 22) { self.byteLimit = byteLimit }

  /// How many datagrams wait for the flush.
  public var count: Int { entries.count }

  /// Whether none waits.
  public var isEmpty: Bool { entries.isEmpty }

  /// Adds a datagram for `peer`.
  public mutating func append(_ bytes: Span<UInt8>, to peer: SocketAddress) {
    guard let room = makeRoom(bytes.count) else { return }
    bytes.withUnsafeBytes { room.copyMemory(from: $0) }
    add(bytes.count, peer)
  }

  /// Lets `body` write a datagram of at most `count` octets for `peer`. When `body` throws, or when
  /// the batch is full, there is none.
  public mutating func withOutput<Failure: Error>(
    of count: Int, to peer: SocketAddress,
    _ body: (inout OutputRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    guard let room = makeRoom(count) else { return }
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    try body(&output)
    add(output.finalize(for: room), peer)
  }

  /// Sends everything through the UDP socket `number`. A datagram that the system does not take
  /// (no room, too long, nobody there) is dropped, and the others still go.
  public mutating func flush(to number: Int32) {
    var next = 0
    while next < entries.count {
      let count = prepare(from: next)
      let sent = linux_send_messages(number, slots.messages, UInt32(count))
      if sent > 0 {
        next += Int(sent)
      } else if errno != EINTR {
        lastFailure = errno
        droppedCount += 1
        next += 1
      }
    }
    entries.removeAll()
    usedBytes = 0
  }

  /// Fills the slots with the datagrams from `first` on; tells how many there are.
  private func prepare(from first: Int) -> Int {
    let count = min(entries.count - first, MessageSlots.capacity)
    for index in 0..<count {
      let entry = entries[first + index]
      slots.prepareSending(index, memory.room(entry.offset, entry.count), to: entry.peer)
    }
    return count
  }

  private mutating func add(_ count: Int, _ peer: SocketAddress) {
    entries.append(QueuedDatagram(offset: usedBytes, count: count, peer: peer))
    usedBytes += count
  }

  private mutating func makeRoom(_ count: Int) -> UnsafeMutableRawBufferPointer? {
    guard count <= byteLimit - usedBytes, entries.count < byteLimit / 16 else {
      droppedCount += 1
      return nil
    }
    if usedBytes + count > memory.byteCount {
      let larger = OwnedMemory(byteCount: max(memory.byteCount * 2, usedBytes + count))
      larger.base.copyMemory(from: memory.base, byteCount: usedBytes)
      memory = larger
    }
    return memory.room(usedBytes, count)
  }
}

/// Where one datagram lies in the flat storage, and whose it is.
@usableFromInline
struct QueuedDatagram: BitwiseCopyable {
  let offset: Int, count: Int
  let peer: SocketAddress
}

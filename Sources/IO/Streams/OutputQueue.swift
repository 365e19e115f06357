import CLinux
import Glibc
import Reactor

/// The octets that one stream still has to send: one contiguous region of one block.
///
/// An empty queue has no block and takes 24 octets. Appending takes a block from the pool, doubles
/// it while the peer is slow, and draining gives it back.
@frozen
public struct OutputQueue: ~Copyable {
  /// The most that can be pending: beyond it the queue breaks, and the stream with it.
  public static var limit: Int { 1 << 30 }

  @usableFromInline var base: UnsafeMutableRawPointer?
  @usableFromInline var head: UInt32
  @usableFromInline var tail: UInt32
  @usableFromInline var capacity: UInt32
  /// Whether octets were refused because `limit` was reached. The stream has a hole then and must
  /// be closed: `flush` fails.
  public private(set) var isBroken: Bool

  /// An empty queue.
  public init() {
    base = nil
    head = 0
    tail = 0
    capacity = 0
    isBroken = false
  }

  deinit { base?.deallocate() }

  /// How many octets wait to be sent.
  @inlinable public var pendingCount: Int { Int(tail &- head) }

  /// Whether nothing waits to be sent.
  @inlinable public var isEmpty: Bool { tail == head }

  /// Appends all of `bytes`.
  @inlinable
  public mutating func append(_ bytes: Span<UInt8>, from pool: inout BlockPool) {
    let count = bytes.count
    guard let to = reserve(count, from: &pool) else { return }
    bytes.withUnsafeBytes { source in
      if let from = source.baseAddress { to.copyMemory(from: from, byteCount: count) }
    }
    tail &+= UInt32(truncatingIfNeeded: count)
  }

  /// Lets `body` write at most `count` octets straight into the block, and appends what it wrote.
  ///
  /// When `body` throws nothing is appended. `body` does not run once the queue is broken.
  @inlinable
  public mutating func withOutput<Failure: Error>(
    of count: Int, from pool: inout BlockPool,
    _ body: (inout OutputRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    guard let to = reserve(count, from: &pool) else { return }
    let room = UnsafeMutableRawBufferPointer(start: to, count: count)
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    try body(&output)
    tail &+= UInt32(truncatingIfNeeded: output.finalize(for: room))
  }

  /// Overwrites two pending octets by `value`, high octet first. `offset` counts from the first
  /// pending octet: remember `pendingCount` before an append to name a place inside it. It holds
  /// until the next flush; a place that is not pending is left alone.
  @inlinable
  public mutating func patch(bigEndian value: UInt16, at offset: Int) {
    guard let base, offset >= 0, offset &+ 2 <= pendingCount else { return }
    let place = base + (Int(head) &+ offset)
    place.storeBytes(of: value.bigEndian, as: UInt16.self)
  }

  /// The pending octets, for a stream that does not end in a socket.
  public var pending: Span<UInt8> {
    @_lifetime(borrow self) borrowing get {
      let start = base.map { $0 + Int(head) }
      let bytes = UnsafeRawBufferPointer(start: start, count: pendingCount)
      let span = Span<UInt8>(_unsafeBytes: bytes)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Forgets the first `count` pending octets; gives the block back when none is left.
  public mutating func removeFirst(_ count: Int, to pool: inout BlockPool) {
    precondition(count >= 0 && count <= pendingCount)
    head &+= UInt32(truncatingIfNeeded: count)
    if head == tail { removeAll(to: &pool) }
  }

  /// Forgets everything and gives the block back: before the stream is closed.
  public mutating func removeAll(to pool: inout BlockPool) {
    if let base { pool.give(base, size: Int(capacity)) }
    base = nil
    head = 0
    tail = 0
    capacity = 0
  }

  /// Sends what is pending with one system call, as far as the socket takes it now.
  public mutating func flush(to number: Int32, pool: inout BlockPool) -> FlushResult {
    guard !isBroken else { return .failed(ENOBUFS) }
    guard let base, head != tail else { return .drained }
    let sent = linux_send(number, base + Int(head), pendingCount)
    guard sent >= 0 else {
      let code = errno
      return code == EAGAIN || code == EINTR ? .blocked : .failed(code)
    }
    removeFirst(sent, to: &pool)
    return isEmpty ? .drained : .blocked
  }

  /// Where the next `count` octets go, or nothing when the queue is broken.
  @inlinable
  mutating func reserve(
    _ count: Int, from pool: inout BlockPool
  ) -> UnsafeMutableRawPointer? {
    if let base, count <= Int(capacity &- tail) { return base + Int(tail) }
    return makeRoom(count, &pool)
  }

  /// Moves what is pending to the front when that frees enough, else to a larger block.
  @usableFromInline @inline(never)
  mutating func makeRoom(
    _ count: Int, _ pool: inout BlockPool
  ) -> UnsafeMutableRawPointer? {
    let pending = pendingCount
    guard !isBroken, count <= OutputQueue.limit &- pending else {
      isBroken = true
      return nil
    }
    if let base, pending + count <= Int(capacity), pending <= Int(head) {
      base.copyMemory(from: base + Int(head), byteCount: pending)
    } else {
      move(to: BlockPool.blockSize(holding: pending + count), &pool)
    }
    head = 0
    tail = UInt32(truncatingIfNeeded: pending)
    return base.map { $0 + pending }
  }

  private mutating func move(to size: Int, _ pool: inout BlockPool) {
    let larger = pool.take(size)
    if let base {
      larger.copyMemory(from: base + Int(head), byteCount: pendingCount)
      pool.give(base, size: Int(capacity))
    }
    base = larger
    capacity = UInt32(truncatingIfNeeded: size)
  }
}

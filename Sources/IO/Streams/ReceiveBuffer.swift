import CLinux
import Glibc
import Reactor

/// What one stream has received of a packet that is not complete yet. Empty it takes 16 octets.
@frozen
public struct TailBuffer: ~Copyable {
  var base: UnsafeMutableRawPointer?
  var storedCount: UInt32
  var capacity: UInt32

  /// Holds nothing.
  public init() {
    base = nil
    storedCount = 0
    capacity = 0
  }

  deinit { base?.deallocate() }

  /// How many octets are kept.
  public var count: Int { Int(storedCount) }

  /// Keeps a copy of `rest` instead of what was kept; frees the memory when there is none.
  mutating func assign(_ rest: UnsafeRawBufferPointer) {
    guard let from = rest.baseAddress, rest.count > 0 else { return free() }
    if rest.count > Int(capacity) {
      free()
      capacity = UInt32(truncatingIfNeeded: BlockPool.blockSize(holding: rest.count))
      base = .allocate(byteCount: Int(capacity), alignment: 16)
    }
    base?.copyMemory(from: from, byteCount: rest.count)
    storedCount = UInt32(truncatingIfNeeded: rest.count)
  }

  /// Doubles the memory when less than `room` octets are free.
  mutating func makeRoom(_ room: Int) {
    guard Int(capacity &- storedCount) < room else { return }
    let size = BlockPool.blockSize(holding: Int(capacity) + room)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    if let base { larger.copyMemory(from: base, byteCount: count) }
    base?.deallocate()
    base = larger
    capacity = UInt32(truncatingIfNeeded: size)
  }

  private mutating func free() {
    base?.deallocate()
    base = nil
    storedCount = 0
    capacity = 0
  }
}

/// The one large buffer into which all streams of a loop read.
///
/// `receive` puts what the stream had left over in front of what it reads, the caller parses
/// `bytes` in place, and `finish` keeps what is left over in the stream's tail. A short tail is
/// copied. A long one (a packet much larger than a read) lends its own memory to the buffer
/// meanwhile, so that a packet of any size is copied a bounded number of times, and memory grows
/// only with octets that have arrived.
public struct ReceiveBuffer: ~Copyable {
  /// The longest tail that is copied into the shared memory, in octets.
  static var longestCopiedTail: Int { 1 << 14 }
  /// The longest tail of all: nothing is read any more behind it.
  static var longestTail: Int { 1 << 30 }

  let shared: OwnedMemory
  let readLimit: Int
  /// The stream's long tail while its bytes are parsed; else empty.
  var lent = TailBuffer()
  var filled = 0

  /// A buffer that reads at most `readLimit` octets at a time, so that one flood does not starve
  /// the other streams.
  public init(readLimit: Int = 1 << 17) {
    self.readLimit = max(readLimit, 1)
    shared = OwnedMemory(byteCount: self.readLimit + ReceiveBuffer.longestCopiedTail)
  }

  /// Reads once from `number` behind what `tail` holds. On `.bytes` parse `bytes`, then call
  /// `finish` with the same tail; on any other result the tail is as before.
  public mutating func receive(
    from number: Int32, behind tail: inout TailBuffer
  ) -> ReadResult {
    lent = TailBuffer()  // of a stream that was closed in the middle
    if tail.count > ReceiveBuffer.longestCopiedTail { return receiveLong(number, &tail) }
    let count = tail.count
    if let kept = tail.base { shared.base.copyMemory(from: kept, byteCount: count) }
    let result = ReadResult(returned: recv(number, shared.base + count, readLimit, 0))
    if case .bytes(let received) = result { filled = count + received }
    return result
  }

  /// Takes up what `tail` holds without reading, as if it had just come; false when it is empty.
  /// Then as after `receive`.
  public mutating func takeUp(_ tail: inout TailBuffer) -> Bool {
    lent = TailBuffer()
    guard tail.count > 0 else { return false }
    if tail.count > ReceiveBuffer.longestCopiedTail {
      swap(&lent, &tail)
    } else if let kept = tail.base {
      shared.base.copyMemory(from: kept, byteCount: tail.count)
      filled = tail.count
    }
    return true
  }

  private mutating func receiveLong(_ number: Int32, _ tail: inout TailBuffer) -> ReadResult {
    guard tail.count <= ReceiveBuffer.longestTail else { return .failed(ENOBUFS) }
    tail.makeRoom(readLimit)
    guard let base = tail.base else { return .failed(ENOMEM) }
    let result = ReadResult(returned: recv(number, base + tail.count, readLimit, 0))
    if case .bytes(let received) = result {
      tail.storedCount &+= UInt32(truncatingIfNeeded: received)
      swap(&lent, &tail)
    }
    return result
  }

  /// What the stream had left over and what was read.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self) borrowing get {
      let span = Span<UInt8>(_unsafeBytes: contents)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Keeps in `tail` what follows the first `consumed` octets of `bytes`.
  public mutating func finish(consumed: Int, tail: inout TailBuffer) {
    let contents = contents
    precondition(consumed >= 0 && consumed <= contents.count)
    if consumed == 0 && lent.base != nil {
      swap(&lent, &tail)
    } else {
      tail.assign(UnsafeRawBufferPointer(rebasing: contents[consumed...]))
    }
    lent = TailBuffer()
    filled = 0
  }

  private var contents: UnsafeRawBufferPointer {
    if let long = lent.base { return UnsafeRawBufferPointer(start: long, count: lent.count) }
    return UnsafeRawBufferPointer(start: shared.base, count: filled)
  }
}

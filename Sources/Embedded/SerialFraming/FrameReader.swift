/// Finds frames of the `hdlc` format in the octets of a line.
///
/// On the wire: 7E, body, CRC-16/X-25 low octet first, 7E; inside, 7D announces an octet XOR 20.
/// One 7E may close one frame and open the next; 7D 7E aborts; empty frames are no frames. Octets
/// before the first 7E are dropped. Whatever arrives, at most `limit` octets are kept.
@frozen
public struct FrameReader<let capacity: Int>: BitwiseCopyable, Sendable {
  /// Where the reader is: before the first delimiter, lost, in a frame, behind an escape.
  @usableFromInline
  enum State: UInt8, BitwiseCopyable, Sendable {
    case idle, hunting, inFrame, escaped
  }

  /// What happened since the start.
  public private(set) var counters: FrameCounters
  @usableFromInline var storage: InlineArray<capacity, UInt8>
  private var checksum: FrameChecksum
  /// The last two octets: they are the checksum, or go into the body when others follow.
  private var tail: UInt16
  private var count: Int
  private let limit: Int
  private var state: State
  @usableFromInline var frameCount: Int

  /// A reader that has seen nothing. Bodies may have up to `limit` octets, at most `capacity`.
  public init(limit: Int = capacity) {
    counters = FrameCounters()
    storage = InlineArray(repeating: 0)
    checksum = FrameChecksum()
    tail = 0
    count = 0
    self.limit = min(limit, capacity)
    state = .idle
    frameCount = 0
  }

  /// The body of the frame that `push` has completed; empty after any other octet.
  @inlinable public var frame: Span<UInt8> {
    // Inlined before it is specialised: Embedded Swift 6.3 would else span a copy that is gone.
    @inline(__always) @_lifetime(borrow self) borrowing get {
      storage.span.extracting(0..<frameCount)
    }
  }

  /// Takes one octet from the line and returns whether it completes a frame.
  public mutating func push(_ octet: UInt8) -> Bool {
    frameCount = 0
    if octet == 0x7E { return close() }
    switch state {
    case .idle, .hunting:
      state = .hunting
      counters.discard(1)
    case .escaped:
      state = .inFrame
      append(octet ^ 0x20)
    case .inFrame:
      if octet == 0x7D { state = .escaped } else { append(octet) }
    }
    return false
  }

  /// Takes octets from `octets[index]` on until one completes a frame, and moves `index` behind it.
  /// Returns false when all are taken.
  public mutating func push(_ octets: Span<UInt8>, from index: inout Int) -> Bool {
    while index < octets.count {
      let octet = octets[index]
      index += 1
      if push(octet) { return true }
    }
    return false
  }

  /// Forgets a frame that has begun, as after a hang-up; the counters stay.
  public mutating func reset() {
    counters.discard(count)
    begin(.idle)
    frameCount = 0
  }

  private mutating func begin(_ state: State) {
    self.state = state
    checksum = FrameChecksum()
    count = 0
  }

  private mutating func append(_ octet: UInt8) {
    if count >= 2 {
      guard count - 2 < limit else {
        counters.oversized &+= 1
        counters.discard(count + 1)
        return begin(.hunting)
      }
      storage[count - 2] = UInt8(truncatingIfNeeded: tail >> 8)
    }
    tail = tail << 8 | UInt16(octet)
    checksum.add(octet)
    count += 1
  }

  private mutating func close() -> Bool {
    let isWhole = state == .inFrame && count > 2 && checksum.isGood
    if isWhole {
      counters.frames &+= 1
      frameCount = count - 2
    } else {
      counters.discard(count)
      if state == .hunting {
        counters.resyncs &+= 1
      } else if state == .escaped {
        counters.aborted &+= 1
      } else if count > 0 {
        counters.checksumErrors &+= 1
      }
    }
    begin(.inFrame)
    return isWhole
  }
}

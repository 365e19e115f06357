/// What interrupts and the loop share: a clock and a ring of received octets, in volatile words
/// that the linker script keeps free. One side writes each word; on one core that is all it takes.
public struct SharedMemory {
  /// How many octets the ring holds: a power of two, known to `sections.ld`.
  static var capacity: UInt32 { 64 }

  private let address: UInt

  /// The shared words from `address` on.
  @inline(__always)
  public init(at address: UInt) { self.address = address }

  /// Before any interrupt: the time is 0 and the ring is empty.
  public func clear() {
    Register(address).store(0)
    Register(address &+ 4).store(0)
    Register(address &+ 8).store(0)
  }

  /// Milliseconds since the start, modulo 2³².
  public var milliseconds: UInt32 { Register(address).load() }

  /// Counts a millisecond. For the clock's interrupt.
  public func countMillisecond() { Register(address).store(milliseconds &+ 1) }

  private var written: UInt32 { Register(address &+ 4).load() }
  private var taken: UInt32 { Register(address &+ 8).load() }

  private func slot(_ index: UInt32) -> UInt {
    address &+ 12 &+ UInt(index & (Self.capacity - 1))
  }

  /// Whether there is no received octet.
  public var isEmpty: Bool { written == taken }

  /// Whether there is no room for an octet.
  public var isFull: Bool { written &- taken == Self.capacity }

  /// Puts an octet into the ring, which is not full. For the receiver's interrupt.
  public func append(_ value: UInt8) {
    let index = written
    Octet(slot(index)).store(value)
    Register(address &+ 4).store(index &+ 1)
  }

  /// Takes the oldest octet out of the ring. For the loop.
  public func removeFirst() -> UInt8? {
    let index = taken
    guard index != written else { return nil }
    let value = Octet(slot(index)).load()
    Register(address &+ 8).store(index &+ 1)
    return value
  }
}

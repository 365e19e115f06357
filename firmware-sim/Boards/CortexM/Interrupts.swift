import CCortexM

/// An interrupt line at the interrupt controller (NVIC).
public struct InterruptLine {
  private let bit: UInt32

  /// Line 0...31.
  @inline(__always)
  public init(_ number: UInt32) { bit = 1 << number }

  /// Lets the line interrupt; also one that is up already.
  public func unmask() { Register(0xE000_E100).store(bit) }

  /// Holds the line back; what comes meanwhile interrupts after `unmask`.
  public func mask() { Register(0xE000_E180).store(bit) }
}

/// Sleeps until the next interrupt, unless `isIdle` says that there is something to do. No
/// interrupt gets lost between the question and the sleep: masked ones wake up too.
public func sleepWhile(_ isIdle: () -> Bool) {
  disable_interrupts()
  if isIdle() { wait_for_interrupt() }
  enable_interrupts()
}

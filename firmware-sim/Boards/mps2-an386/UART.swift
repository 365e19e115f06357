import CortexM

/// UART0 of the board, Arm's CMSDK APB UART: 115200 baud from a clock of 25 MHz.
enum UART {
  private static var base: UInt { 0x4000_4000 }
  private static var data: UInt { base }
  private static var state: UInt { base + 0x4 }
  private static var control: UInt { base + 0x8 }
  private static var interrupts: UInt { base + 0xC }
  private static var divider: UInt { base + 0x10 }

  static var line: InterruptLine { InterruptLine(0) }

  static func open() {
    Register(divider).store(25_000_000 / 115_200)
    // Transmitter, receiver, the receiver's interrupt.
    Register(control).store(0b1011)
    line.unmask()
  }

  static func send(_ octet: UInt8) {
    while Register(state).load() & 1 != 0 {}
    Register(data).store(UInt32(octet))
  }

  /// Moves what has arrived into the ring. With a full ring the line stays masked until there is
  /// room again, so that the sender waits and no octet is lost.
  static func drain(into shared: SharedMemory) {
    while Register(state).load() & 2 != 0 {
      guard !shared.isFull else { return line.mask() }
      Register(interrupts).store(2)
      shared.append(UInt8(truncatingIfNeeded: Register(data).load()))
    }
  }
}

import CortexM

/// The serial port of the nRF51: 115200 baud, 8 data bits, no parity, 1 stop bit.
enum UART {
  private static var base: UInt { 0x4000_2000 }
  private static var startReceiving: UInt { base + 0x000 }
  private static var startTransmitting: UInt { base + 0x008 }
  private static var received: UInt { base + 0x108 }
  private static var transmitted: UInt { base + 0x11C }
  private static var interrupts: UInt { base + 0x304 }
  private static var enable: UInt { base + 0x500 }
  private static var transmitPin: UInt { base + 0x50C }
  private static var receivePin: UInt { base + 0x514 }
  private static var receiver: UInt { base + 0x518 }
  private static var transmitter: UInt { base + 0x51C }
  private static var baudRate: UInt { base + 0x524 }

  static var line: InterruptLine { InterruptLine(2) }

  static func open() {
    Register(transmitPin).store(24)
    Register(receivePin).store(25)
    Register(baudRate).store(0x01D7_E000)
    Register(enable).store(4)
    Register(interrupts).store(1 << 2)
    Register(startReceiving).store(1)
    Register(startTransmitting).store(1)
    line.unmask()
  }

  static func send(_ octet: UInt8) {
    Register(transmitted).store(0)
    Register(transmitter).store(UInt32(octet))
    while Register(transmitted).load() == 0 {}
  }

  /// Moves what has arrived into the ring. With a full ring the line stays masked until there is
  /// room again, so that the sender waits and no octet is lost.
  static func drain(into shared: SharedMemory) {
    while Register(received).load() != 0 {
      guard !shared.isFull else { return line.mask() }
      // Before the octet is read: reading raises it again when there are more.
      Register(received).store(0)
      shared.append(UInt8(truncatingIfNeeded: Register(receiver).load()))
    }
  }
}

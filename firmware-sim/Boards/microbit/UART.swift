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
    register(transmitPin).store(24)
    register(receivePin).store(25)
    register(baudRate).store(0x01D7_E000)
    register(enable).store(4)
    register(interrupts).store(1 << 2)
    register(startReceiving).store(1)
    register(startTransmitting).store(1)
    line.unmask()
  }

  static func send(_ octet: UInt8) {
    register(transmitted).store(0)
    register(transmitter).store(UInt32(octet))
    while register(transmitted).load() == 0 {}
  }

  /// Moves what has arrived into the ring. With a full ring the line stays masked until there is
  /// room again, so that the sender waits and no octet is lost.
  static func drain(into shared: SharedMemory) {
    while register(received).load() != 0 {
      guard !shared.isFull else { return line.mask() }
      // Before the octet is read: reading raises it again when there are more.
      register(received).store(0)
      shared.append(UInt8(truncatingIfNeeded: register(receiver).load()))
    }
  }
}

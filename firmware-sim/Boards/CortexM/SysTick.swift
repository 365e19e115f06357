/// The timer of the core: an interrupt every millisecond.
public enum SysTick {
  /// Starts it from the core's clock of `frequency` Hz.
  public static func start(frequency: UInt32) {
    Register(0xE000_E014).store(frequency / 1000 - 1)
    Register(0xE000_E018).store(0)
    Register(0xE000_E010).store(7)
  }
}

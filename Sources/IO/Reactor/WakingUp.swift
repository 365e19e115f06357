import CLinux
import Glibc

/// Ends the loop's wait from another thread: an eventfd.
///
/// Add `number` to the reactor for reading, call `signal` from anywhere, and `drain` when it comes.
public struct WakeUp: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// Opens the eventfd.
  public init() throws(SystemError) {
    let number = linux_eventfd()
    guard number >= 0 else { throw .last("create a wake-up") }
    descriptor = Descriptor(owning: number)
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { descriptor.number }

  /// Makes the descriptor readable; safe on any thread and in a signal handler.
  public func signal() { _ = eventfd_write(descriptor.number, 1) }

  /// Makes the descriptor unreadable again; tells whether anyone had signalled.
  @discardableResult
  public func drain() -> Bool {
    var count: eventfd_t = 0
    return eventfd_read(descriptor.number, &count) == 0
  }
}

/// Signals as something to read: a signalfd, instead of handlers that interrupt.
///
/// The signals are blocked for the calling thread and for threads that it starts later, and stay
/// blocked. SIGPIPE is ignored: a closed peer is an error of the write.
public struct SignalReader: ~Copyable {
  private let descriptor: Descriptor

  /// The same as for a list of signals.
  public init(_ signals: Int32...) throws(SystemError) { try self.init(signals) }

  /// Blocks `signals` (SIGTERM, SIGINT, ...) and opens the signalfd. Before any other thread starts.
  public init(_ signals: [Int32]) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    let status = pthread_sigmask(SIG_BLOCK, &set, nil)
    guard status == 0 else { throw SystemError("block signals", code: status) }
    let number = linux_signalfd(&set)
    guard number >= 0 else { throw .last("read signals") }
    descriptor = Descriptor(owning: number)
    linux_ignore_sigpipe()
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { descriptor.number }

  /// The number of the next signal that has come, or nothing.
  public func next() -> Int32? {
    let signal = linux_signal_read(descriptor.number)
    return signal > 0 ? signal : nil
  }
}

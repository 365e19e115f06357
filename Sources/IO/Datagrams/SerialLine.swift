import CLinux
import Glibc
import Reactor

/// A serial line as a stream of octets in both directions; frames are the caller's business.
///
/// Unplugging, or the other side of a pseudo-terminal going away, reads as `.closed`: drop the line
/// then and open it again by a `ReopenSchedule`.
public struct SerialLine: ~Copyable {
  private static var readSize: Int { 4096 }

  private let port: SerialPort
  /// The path that the line was opened by.
  public let path: String
  /// Whether the line is unplugged or its other side gone; it stays so.
  public private(set) var isHungUp = false
  /// How many writes were refused because too much was pending.
  public private(set) var droppedCount: UInt64 = 0
  /// Octets read.
  public private(set) var octetsReceived: UInt64 = 0
  /// Octets written out.
  public private(set) var octetsSent: UInt64 = 0
  /// What the driver had counted before the line was opened.
  private let errorsBefore: DriverErrors?

  private let input = OwnedMemory(byteCount: SerialLine.readSize)
  private var receivedCount = 0
  private let output: OwnedMemory
  private var head = 0
  private var tail = 0

  /// Opens the port at `path` (links are followed; pseudo-terminals are welcome) for this process
  /// alone, at `baud`, 8N1, without flow control. At most `outputLimit` octets may be pending.
  public init(path: String, baud: Int, outputLimit: Int = 16_384) throws(SystemError) {
    port = try SerialPort.open(path, baud: baud)
    self.path = path
    output = OwnedMemory(byteCount: outputLimit)
    errorsBefore = DriverErrors(of: port.number)
  }

  /// The descriptor to watch: for reading always, for writing after a flush was `.blocked`.
  public var number: Int32 { port.number }

  /// The rate that the system has set, in baud, or nothing when it does not tell.
  public var baud: Int? {
    let rate = linux_terminal_baud(port.number)
    return rate >= 0 ? Int(rate) : nil
  }

  /// Goes on at another rate, and forgets what was received and not read.
  public func change(baud: Int) throws(SystemError) {
    guard baud > 0, baud <= Int(Int32.max),
      linux_terminal_finish(port.number, UInt32(baud)) == 0
    else { throw .last("set \(baud) baud on \(path)") }
    _ = tcflush(port.number, TCIFLUSH)
  }

  /// What the driver has counted since the line was opened; all zero where it counts nothing.
  public var driverErrors: DriverErrors {
    guard let errorsBefore, let errors = DriverErrors(of: port.number) else {
      return DriverErrors()
    }
    return errors.since(errorsBefore)
  }

  /// Reads once; on `.bytes` they are in `received`.
  public mutating func receive() -> ReadResult {
    receivedCount = 0
    let count = read(port.number, input.base, input.byteCount)
    var result = ReadResult(returned: count)
    if result == .failed(EIO) || result == .failed(ENXIO) || result == .failed(ENODEV) {
      result = .closed
    }
    if result == .closed { isHungUp = true }
    if case .bytes(let count) = result {
      receivedCount = count
      octetsReceived &+= UInt64(count)
    }
    return result
  }

  /// What the last `receive` read.
  public var received: Span<UInt8> {
    @_lifetime(borrow self) borrowing get {
      let bytes = UnsafeRawBufferPointer(input.room(0, receivedCount))
      return _overrideLifetime(Span<UInt8>(_unsafeBytes: bytes), borrowing: self)
    }
  }

  /// How many octets wait to be written.
  public var pendingCount: Int { tail - head }

  /// Adds all of `bytes` to what is pending, or nothing of it when there is no room: half a frame
  /// would only spoil the next one. Tells which; `flush` writes.
  @discardableResult
  public mutating func write(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count <= output.byteCount - pendingCount else {
      droppedCount += 1
      return false
    }
    if bytes.count > output.byteCount - tail { moveToFront() }
    bytes.withUnsafeBytes { output.room(tail, bytes.count).copyMemory(from: $0) }
    tail += bytes.count
    return true
  }

  /// Writes what is pending with one system call, as far as the line takes it now; the rest stays.
  public mutating func flush() -> FlushResult {
    guard pendingCount > 0 else { return .drained }
    let count = Glibc.write(port.number, output.base + head, pendingCount)
    guard count >= 0 else {
      let code = errno
      return code == EAGAIN || code == EINTR ? .blocked : .failed(code)
    }
    head += count
    octetsSent &+= UInt64(count)
    if head == tail { (head, tail) = (0, 0) }
    return pendingCount == 0 ? .drained : .blocked
  }

  private mutating func moveToFront() {
    output.base.copyMemory(from: output.base + head, byteCount: pendingCount)
    (head, tail) = (0, pendingCount)
  }
}

import Glibc

/// Buffered output to a descriptor: standard output of a command.
///
/// What is written reaches the descriptor when the buffer is full and at `flush()`.
public struct StandardOutput: ~Copyable {
  private let descriptor: Int32
  private let capacity: Int
  private var buffer: [UInt8] = []
  /// Whether a write has failed, because the reader has gone or the disk is full. What is written
  /// from then on is dropped.
  public private(set) var isBroken = false

  /// Output to `descriptor` in pieces of `capacity` octets.
  public init(descriptor: Int32 = 1, capacity: Int = 16384) {
    self.descriptor = descriptor
    self.capacity = capacity
    buffer.reserveCapacity(capacity)
  }

  /// Writes text.
  public mutating func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    flushIfFull()
  }

  /// Writes octets.
  public mutating func write(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    flushIfFull()
  }

  /// Writes text and a line feed.
  public mutating func write(line: String) {
    buffer.append(contentsOf: line.utf8)
    buffer.append(UInt8(ascii: "\n"))
    flushIfFull()
  }

  /// Hands everything on to the descriptor; waits while it is not ready.
  public mutating func flush() {
    if !isBroken { isBroken = !writeAll(buffer, to: descriptor) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// The columns and rows of the terminal that the descriptor is; nil where it is none.
  public var terminalSize: (columns: Int, rows: Int)? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  private mutating func flushIfFull() {
    if buffer.count >= capacity { flush() }
  }
}

/// Standard error: one line at a time, at once.
public enum StandardError {
  /// Writes text and a line feed.
  public static func write(line: String) {
    _ = writeAll(Array((line + "\n").utf8), to: 2)
  }
}

/// Whether all of `bytes` were written.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      rest.removeFirst(count)
    } else if errno == EAGAIN {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&entry, 1, -1)
    } else if errno != EINTR {
      return false
    }
  }
  return true
}

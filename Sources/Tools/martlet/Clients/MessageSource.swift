import Glibc
import Reactor

/// Where `pub` takes its messages from: one payload, or the lines of standard input.
struct MessageSource {
  /// The longest line, in octets: what fits one packet beside a topic.
  private static let lineLimit = 268_000_000

  private var single: [UInt8]?
  /// How often `single` is still to be given out.
  private var copies: Int
  private let readsLines: Bool
  private var buffer: [UInt8] = []
  // How far the buffer was given out, and how far it was searched for an end of line.
  private var start = 0, searched = 0
  private var isAtEnd: Bool

  /// One message, that many times.
  init(single: [UInt8], times: Int = 1) {
    self.single = single
    copies = times
    readsLines = false
    isAtEnd = true
  }

  /// A message for each line of standard input.
  init() {
    single = nil
    copies = 0
    readsLines = true
    isAtEnd = false
  }

  /// Whether `next` has nothing before more input is read.
  var needsInput: Bool { readsLines && !isAtEnd }

  /// Whether the next message is that of before, to be given out once more.
  var repeats: Bool { single != nil }

  /// Whether all messages were given out.
  var isExhausted: Bool { single == nil && isAtEnd && start == buffer.count }

  /// The next message; nil when there is none, or `readInput` must be called first.
  mutating func next() -> [UInt8]? {
    if let message = single {
      copies -= 1
      if copies <= 0 { single = nil }
      return message
    }
    while searched < buffer.count {
      searched += 1
      if buffer[searched - 1] == UInt8(ascii: "\n") { return take(upTo: searched - 1) }
    }
    return isAtEnd && start < buffer.count ? take(upTo: buffer.count) : nil
  }

  /// Reads once from standard input.
  mutating func readInput() throws(SystemError) {
    buffer.removeFirst(start)
    searched -= start
    start = 0
    guard buffer.count < Self.lineLimit else { throw SystemError("read a line", code: EMSGSIZE) }
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = read(0, &piece, piece.count)
    if count < 0 {
      guard errno == EINTR || errno == EAGAIN else { throw .last("read standard input") }
    } else if count == 0 {
      isAtEnd = true
    } else {
      buffer += piece[..<count]
    }
  }

  private mutating func take(upTo end: Int) -> [UInt8] {
    defer { start = searched }
    return Array(buffer[start..<end])
  }
}

import ConfigurationFile
import Glibc
import Reactor

// What SIGUSR2 asks for.
extension Daemon {
  /// Prints subscriptions and retained messages to standard output, as far as somebody reads them.
  func printTree() {
    var paper = Paper()
    broker.broker.describeTree { paper.write($0) }
    guard !paper.write("", isLast: true) else { return }
    log.write(.warning, "The tree of topics was not printed to its end: nobody reads it.")
  }
}

/// Standard output for something long, which must not hold up the loop when nobody reads it.
private struct Paper {
  /// What a pipe that is ready takes at once.
  private static let pieceSize = 4096
  /// Milliseconds that a reader may take altogether.
  private static let patience: UInt64 = 1000
  private let deadline = MonotonicClock.now() + Self.patience
  private var pending: [UInt8] = []
  private var isBroken = false

  /// Adds a line, or nothing at the end; false when it is no use to go on.
  mutating func write(_ line: String, isLast: Bool = false) -> Bool {
    if !isLast {
      for octet in line.utf8 { pending.append(octet < 0x20 || octet == 0x7F ? 0x3F : octet) }
      pending.append(UInt8(ascii: "\n"))
    }
    while !isBroken, pending.count >= Self.pieceSize || (isLast && !pending.isEmpty) {
      let piece = pending.prefix(Self.pieceSize)
      isBroken = !isReady || piece.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) } <= 0
      pending.removeFirst(piece.count)
    }
    return !isBroken
  }

  private var isReady: Bool {
    let now = MonotonicClock.now()
    var entry = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
    return now < deadline && poll(&entry, 1, Int32(clamping: deadline - now)) > 0
  }
}

import CommandKit
import MQTTCodec
import Reactor

/// Where `sub` and `rr` show messages: one after the other, each topic on its line of the screen, or
/// as a count every second.
struct MessageDisplay {
  private let form: MessageForm
  private var screen: WatchScreen?
  private var rate: MessageRate?

  /// One after the other, where it is not told otherwise.
  init(_ form: MessageForm, isWatching: Bool = false, isCounting: Bool = false) {
    self.form = form
    if isWatching { screen = WatchScreen() }
    if isCounting { rate = MessageRate(at: MonotonicClock.now()) }
  }

  /// Whether a filter of `-T` keeps messages of that topic away.
  func hides(_ topic: Span<UInt8>) -> Bool { form.hides(topic) }

  /// Shows a message; false where it is not to be shown.
  mutating func show(
    _ message: borrowing Publish, _ output: inout StandardOutput, complain: (String) -> Void
  ) -> Bool {
    let topic = Array(of: message.header.topicName)
    guard form.shows(topic.span, isRetained: message.header.isRetained) else { return false }
    if rate == nil { write(form.octets(of: message, complain: complain), of: topic, &output) }
    rate?.count()
    return true
  }

  private mutating func write(
    _ octets: [UInt8], of topic: [UInt8], _ output: inout StandardOutput
  ) {
    if screen == nil { form.write(octets, &output) }
    screen?.show(octets, of: topic, &output)
  }

  /// When `advance` has something to do, in milliseconds of the monotonic clock.
  var nextDeadline: UInt64? { rate?.nextDeadline }

  /// Writes the counts that are due.
  mutating func advance(to now: UInt64, _ output: inout StandardOutput) {
    rate?.advance(to: now, &output)
  }

  /// Leaves the screen as it was found.
  func finish(_ output: inout StandardOutput) { screen?.finish(&output) }
}

/// How many messages have come in each second.
struct MessageRate {
  private var messageCount = 0
  private(set) var nextDeadline: UInt64

  /// The first second begins now.
  init(at now: UInt64) { nextDeadline = now + 1_000 }

  /// One more.
  mutating func count() { messageCount += 1 }

  /// Writes a line for each second that is over.
  mutating func advance(to now: UInt64, _ output: inout StandardOutput) {
    while nextDeadline <= now {
      output.write(line: "\(messageCount)")
      messageCount = 0
      nextDeadline += 1_000
    }
  }
}

/// A screen on which each topic has its line, in the order in which they came. On its last line are
/// all topics that came too late for one of their own.
struct WatchScreen {
  private var lines: [[UInt8]: Int] = [:]

  /// The lines of what is no terminal.
  private static let usualRows = 1_000

  /// Writes a message on the line of its topic.
  mutating func show(_ octets: [UInt8], of topic: [UInt8], _ output: inout StandardOutput) {
    // What is too long for its line must not push the others away.
    if lines.isEmpty { output.write("\u{1B}[?7l\u{1B}[2J") }
    let rows = max(output.terminalSize?.rows ?? Self.usualRows, 1)
    output.write("\u{1B}[\(line(of: topic, rows: rows));1H\u{1B}[2K")
    let line = octets.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    output.write(line.span)
  }

  private mutating func line(of topic: [UInt8], rows: Int) -> Int {
    if let line = lines[topic] { return min(line, rows) }
    guard lines.count < rows else { return rows }
    lines[topic] = lines.count + 1
    return lines.count
  }

  /// Goes below the lines, and wraps again.
  func finish(_ output: inout StandardOutput) {
    guard !lines.isEmpty else { return }
    output.write("\u{1B}[?7h\u{1B}[\(lines.count + 1);1H\n")
  }
}

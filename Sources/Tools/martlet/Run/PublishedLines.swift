/// Lines of the log that are still to be published: not many at a time.
final class PublishedLines {
  /// A line and where it goes.
  struct Line {
    var topic: String
    var text: String
  }

  private static let limit = 1000
  private var lines: [Line] = []
  private var omittedCount = 0
  /// Whether lines are left out: they come of a line that was published.
  var isDeaf = false

  func append(_ topic: String, _ text: String) {
    guard !isDeaf else { return }
    if lines.count < Self.limit {
      lines.append(Line(topic: topic, text: text))
    } else {
      omittedCount += 1
    }
  }

  /// What is to be published now.
  func takeAll() -> [Line] {
    guard !lines.isEmpty else { return [] }
    var taken: [Line] = []
    swap(&taken, &lines)
    if omittedCount > 0 {
      taken.append(Line(topic: "$SYS/broker/log/W", text: "\(omittedCount) more lines."))
      omittedCount = 0
    }
    return taken
  }
}

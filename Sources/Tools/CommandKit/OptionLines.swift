/// A line of an option file: an option and its value, as they would stand on the command line.
public struct OptionLine: Sendable, Equatable {
  /// Where it stands, for complaints: `file:3`.
  public let place: String
  /// The option, and after spaces its value.
  public let text: String

  /// The lines of a file's text that are neither empty nor comments (`#`).
  public static func lines(of text: String, called name: String) -> [OptionLine] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .compactMap { (index, line) in
        let words = line.trimmed
        guard !words.isEmpty, !words.hasPrefix("#") else { return nil }
        return OptionLine(place: "\(name):\(index + 1)", text: String(words))
      }
  }
}

extension Command {
  /// Reads a command line, and before it the lines of the option file that it names or that the
  /// user has: what the command line says comes later, and therefore counts.
  func parseWithFile(_ words: [String]) throws(UsageError) -> Arguments {
    let given = try parse(words)
    guard let optionLines, !given.isQuestion else { return given }
    var arguments = Arguments()
    for line in try optionLines(given) {
      do throws(UsageError) { arguments.append(try parse(self.words(of: line.text))) } catch {
        throw UsageError("\(line.place): \(error.message)")
      }
    }
    arguments.append(given)
    return arguments
  }

  /// The words of a line: the value of an option that has only one is the rest of the line.
  private func words(of line: String) -> [String] {
    let words = line.split(separator: " ").map(String.init)
    let option = options.first { $0.names.contains(words.first ?? "") }
    guard let first = words.first, option?.placeholders.count == 1, words.count > 1 else {
      return words
    }
    return [first, String(line.dropFirst(first.count).trimmed)]
  }
}

extension Substring {
  /// The text without blanks at its ends.
  fileprivate var trimmed: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return start[...end]
  }
}

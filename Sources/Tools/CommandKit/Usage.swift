extension Command {
  /// The text of `--help`; `called` is how the command was named.
  public func usage(called: String) -> String {
    var text = "\(called): \(summary)\nUsage: \(synopsis(called: called))\n"
    for group in groups {
      text += "\n\(group.title):\n"
      for option in group.options { text += Self.row(option.heading, option.summary) }
    }
    return text
  }

  func synopsis(called: String) -> String {
    let words = operands.map { operand in
      switch operand.count {
      case .one: operand.name
      case .atMostOne: "[\(operand.name)]"
      case .any, .rest: "[\(operand.name) …]"
      }
    }
    return ([called, "[options]"] + words).joined(separator: " ")
  }

  private static func row(_ heading: String, _ summary: String) -> String {
    let column = 28
    var line = "  \(heading)"
    var text = ""
    if line.count >= column {
      text = line + "\n"
      line = ""
    }
    line += String(repeating: " ", count: column - line.count)
    for word in summary.split(separator: " ") {
      if line.count + word.count > 79 {
        text += line.withoutTrailingSpaces + "\n"
        line = String(repeating: " ", count: column)
      }
      line += word + " "
    }
    return text + line.withoutTrailingSpaces + "\n"
  }
}

extension String {
  fileprivate var withoutTrailingSpaces: Substring {
    self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)]
  }
}

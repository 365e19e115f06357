extension Command {
  /// Reads the words after the command's name by Mosquitto's grammar: an option stands alone, its
  /// values are the words that follow, and a value may begin with a minus. `--` ends the options.
  ///
  /// Reading stops at `--help` and at `--version`.
  public func parse(_ words: [String]) throws(UsageError) -> Arguments {
    let arguments = try parse(words, takesOperands: !operands.isEmpty)
    if !arguments.isQuestion { try checkOperands(arguments.operands.count) }
    return arguments
  }

  /// Reads words that may be only options where no operands are taken: lines of an option file.
  func parse(_ words: [String], takesOperands: Bool) throws(UsageError) -> Arguments {
    var arguments = Arguments()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--", takesOperands {
        rest.forEach { arguments.append(operand: $0) }
        break
      }
      guard let option = options.first(where: { $0.names.contains(word) }) else {
        if !takesOperands || (word.hasPrefix("-") && word != "-") {
          throw UsageError("Unknown option '\(word)'.")
        }
        arguments.append(operand: word)
        if hasRest, arguments.operands.count >= operands.count - 1 {
          rest.forEach { arguments.append(operand: $0) }
          break
        }
        continue
      }
      let values = try option.takeValues(of: word, from: &rest)
      arguments.append(option, values)
      if arguments.isQuestion { return arguments }
    }
    return arguments
  }

  /// Whether the last operands may look like options.
  private var hasRest: Bool { if case .rest? = operands.last?.count { true } else { false } }

  private func checkOperands(_ count: Int) throws(UsageError) {
    let needed = operands.filter { if case .one = $0.count { true } else { false } }
    if count < needed.count { throw UsageError("\(needed[count].name) is missing.") }
    if case .any? = operands.last?.count { return }
    if hasRest { return }
    if count > operands.count { throw UsageError("Too many arguments.") }
  }
}

extension CommandOption {
  fileprivate func takeValues(
    of name: String, from rest: inout ArraySlice<String>
  ) throws(UsageError) -> [String] {
    var values: [String] = []
    for placeholder in placeholders {
      if case .words(let names, let key) = value, values.count == names.count - 1,
        !values.contains(key)
      {
        break
      }
      guard let word = rest.popFirst() else {
        let missing = absence ?? "no \(placeholder.lowercased()) specified"
        throw UsageError("\(name) argument given but \(missing).")
      }
      guard accepts(word) else { throw UsageError(refusal(of: word, placeholder)) }
      values.append(word)
    }
    return values
  }

  private func refusal(of word: String, _ placeholder: String) -> String {
    guard let refusal else {
      return "Invalid \(placeholder.lowercased()) given: \(word).\(expectation)"
    }
    return refusal.split(separator: "@", omittingEmptySubsequences: false).joined(separator: word)
  }

  private func accepts(_ word: String) -> Bool {
    switch value {
    case .integer(_, let range): Int(word).map(range.contains) ?? false
    case .decimal: Double(word).map { $0 >= 0 && $0.isFinite } ?? false
    case .choice(_, let words): words.contains(word)
    case .none, .text, .file, .words: true
    }
  }

  private var expectation: String {
    switch value {
    case .integer(_, let range) where range.upperBound == .max:
      " Expected: a number from \(range.lowerBound)."
    case .integer(_, let range):
      " Expected: a number from \(range.lowerBound) to \(range.upperBound)."
    case .decimal: " Expected: a number."
    case .choice(_, let words): " Expected: \(words.joined(separator: ", "))."
    case .none, .text, .file, .words: ""
    }
  }
}

/// One row of a command's table of options: from it come parsing, usage, manual page and completion.
public struct CommandOption: Sendable, Equatable {
  /// What follows the option's name on the command line; the first text names it in the usage.
  public enum Value: Sendable, Equatable {
    /// Nothing: the option is a flag.
    case none
    /// One word of any form, also one that begins with a minus.
    case text(String)
    /// One word that names a file.
    case file(String)
    /// One whole number of a range.
    case integer(String, ClosedRange<Int>)
    /// One number with or without a fraction, 0 or above.
    case decimal(String)
    /// One of these words.
    case choice(String, [String])
    /// As many words as there are names; the last of them is taken only where the word
    /// `lastOnlyAfter` is among those before it.
    case words([String], lastOnlyAfter: String)
  }

  /// The names with their hyphens, the short one first.
  public let names: [String]
  /// What follows the name.
  public let value: Value
  /// What the option does, for the usage and the manual page.
  public let summary: String
  /// What is missing where no value follows; nil: the value by its name.
  let absence: String?
  /// What is wrong with a value that is not taken, `@` for the value itself; nil for general words.
  let refusal: String?

  /// A row of the table; `absence` and `refusal` are complaints about its value, where they have
  /// words of their own.
  public init(
    _ names: String..., value: Value = .none, summary: String, absence: String? = nil,
    refusal: String? = nil
  ) {
    self.names = names
    self.value = value
    self.summary = summary
    self.absence = absence
    self.refusal = refusal
  }

  /// What every command has, unless it gives the name another meaning.
  public static let help = CommandOption("--help", summary: "Show this help.")
  /// The same with a short name, where that means nothing else.
  static let shortHelp = CommandOption("--help", "-h", summary: "Show this help.")
  /// The same.
  public static let version = CommandOption("--version", summary: "Show the version.")

  /// The names of what follows, as the usage shows them.
  var placeholders: [String] {
    switch value {
    case .none: []
    case .text(let name), .file(let name), .integer(let name, _), .decimal(let name),
      .choice(let name, _):
      [name]
    case .words(let names, _): names
    }
  }

  /// Names and values as the usage shows them: `-p, --port PORT`.
  var heading: String {
    var words = placeholders
    if case .words = value, let last = words.popLast() { words.append("[\(last)]") }
    return ([names.joined(separator: ", ")] + words).joined(separator: " ")
  }
}

/// Options under one heading of the usage.
public struct OptionGroup: Sendable {
  /// The heading.
  public let title: String
  /// The rows in the order of the usage.
  public let options: [CommandOption]

  /// A heading and its rows.
  public init(_ title: String, _ options: [CommandOption]) {
    self.title = title
    self.options = options
  }
}

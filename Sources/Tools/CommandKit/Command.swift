/// A subcommand as data: its name, its table of options and what it does.
public struct Command: Sendable {
  /// What a command does; what it gives is the exit status.
  public typealias Action =
    @Sendable (_ arguments: Arguments, _ output: inout StandardOutput) throws(UsageError) -> Int32

  /// Finds the lines of the option file that `arguments` name, or of the user's own.
  public typealias OptionLines =
    @Sendable (_ arguments: Arguments) throws(UsageError) -> [OptionLine]

  /// The name after the program's.
  public let name: String
  /// Names of the executable by which the command is found without naming it (`argv[0]`).
  public let aliases: [String]
  /// One line without a full stop.
  public let summary: String
  /// The paragraphs of the manual page.
  public let about: [String]
  /// The table of options.
  public let groups: [OptionGroup]
  /// The words that are no options.
  public let operands: [Operand]
  /// The exit statuses and their meaning, for the manual page.
  public let statuses: [ExitStatus]
  /// The exit status of a usage error.
  public let usageStatus: Int32
  let optionLines: OptionLines?
  let action: Action

  /// A command.
  public init(
    _ name: String, aliases: [String] = [], summary: String, about: [String] = [],
    groups: [OptionGroup], operands: [Operand] = [], statuses: [ExitStatus] = [],
    usageStatus: Int32 = 1, optionLines: OptionLines? = nil, action: @escaping Action
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.about = about
    self.operands = operands
    self.statuses = statuses
    self.usageStatus = usageStatus
    self.optionLines = optionLines
    self.action = action
    let names = groups.flatMap(\.options).flatMap(\.names)
    let rest = [CommandOption.help, .version].filter { !names.contains($0.names[0]) }
    self.groups = groups + (rest.isEmpty ? [] : [OptionGroup("Help", rest)])
  }

  /// All rows of the table.
  public var options: [CommandOption] { groups.flatMap(\.options) }
}

/// A word on the command line that is no option.
public struct Operand: Sendable {
  /// How many words stand for the operand.
  public enum Count: Sendable {
    /// Exactly one.
    case one
    /// One or none.
    case atMostOne
    /// Any number; only as the last operand.
    case any
  }

  /// The name in the usage.
  public let name: String
  /// How many there are.
  public let count: Count

  /// An operand.
  public init(_ name: String, _ count: Count = .one) {
    self.name = name
    self.count = count
  }
}

/// An exit status and when it happens.
public struct ExitStatus: Sendable {
  /// The status.
  public let status: Int32
  /// When it happens.
  public let meaning: String

  /// A row of the manual page's table.
  public init(_ status: Int32, _ meaning: String) {
    self.status = status
    self.meaning = meaning
  }
}

/// A command line that cannot be accepted.
public struct UsageError: Error, Equatable {
  /// What is wrong, a sentence without "Error:".
  public let message: String

  /// An error with this sentence.
  public init(_ message: String) { self.message = message }
}

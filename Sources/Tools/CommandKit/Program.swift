/// An executable with subcommands.
public struct Program: Sendable {
  /// The executable's name.
  public let name: String
  /// The version, as `--version` prints it.
  public let version: String
  /// One line without a full stop.
  public let summary: String
  /// The commands in the order of the usage.
  public let commands: [Command]
  /// The manual pages beside those of the commands.
  public let documents: [Document]

  /// A program.
  public init(
    name: String, version: String, summary: String, commands: [Command],
    documents: [Document] = []
  ) {
    self.documents = documents
    self.name = name
    self.version = version
    self.summary = summary
    self.commands = commands
  }

  /// Finds the command that the words of the command line name (`argv`, the executable first), runs
  /// it and gives the exit status. Standard output is flushed when this returns.
  public func run(_ words: [String]) -> Int32 {
    var output = StandardOutput()
    let status = run(words, &output) { line in StandardError.write(line: line) }
    output.flush()
    return status
  }

  func run(
    _ words: [String], _ output: inout StandardOutput, complain: (String) -> Void
  ) -> Int32 {
    let called = words.first?.split(separator: "/").last.map(String.init) ?? name
    if let command = commands.first(where: { $0.aliases.contains(called) }) {
      return run(command, called, Array(words.dropFirst()), &output, complain)
    }
    let rest = Array(words.dropFirst(2))
    guard words.count > 1 else {
      complain(usage)
      return 1
    }
    if let command = commands.first(where: { $0.name == words[1] }) {
      return run(command, "\(name) \(command.name)", rest, &output, complain)
    }
    if let text = answer(to: words[1], rest) {
      output.write(text)
      return 0
    }
    let kind = words[1].hasPrefix("-") ? "option" : "command"
    complain("Error: Unknown \(kind) '\(words[1])'. Use '\(name) --help' to see usage.")
    return 1
  }

  private func run(
    _ command: Command, _ called: String, _ words: [String], _ output: inout StandardOutput,
    _ complain: (String) -> Void
  ) -> Int32 {
    do throws(UsageError) {
      let arguments = try command.parseWithFile(words)
      if arguments.isQuestion {
        let isHelp = arguments.has(.help)
        output.write(isHelp ? command.usage(called: called) : "\(called) version \(version)\n")
        return 0
      }
      return try command.action(arguments, &output)
    } catch {
      complain("Error: \(error.message) Use '\(called) --help' to see usage.")
      return command.usageStatus
    }
  }

  /// What the program itself answers, without a command; nil for a word it does not know.
  private func answer(to word: String, _ rest: [String]) -> String? {
    let command = rest.first.flatMap { name in commands.first { $0.name == name } }
    switch word {
    case "--version": return "\(name) version \(version)\n"
    case "help" where command != nil:
      return command.map { $0.usage(called: "\(name) \($0.name)") }
    case "--help", "-h", "help": return usage + "\n"
    case "completion": return completion
    case "manual":
      if let document = documents.first(where: { $0.name == rest.first }) {
        return manualPage(document)
      }
      return command.map { manualPage($0) } ?? manualPage
    default: return nil
    }
  }

  /// The list of commands.
  var usage: String {
    let width = commands.map(\.name.count).max() ?? 0
    let rows = commands.map { command in
      "  \(command.name)\(String(repeating: " ", count: width - command.name.count))  "
        + command.summary
    }
    return """
      \(name) \(version): \(summary)
      Usage: \(name) COMMAND [options]

      Commands:
      \(rows.joined(separator: "\n"))

      '\(name) COMMAND --help' shows a command's options, '\(name) manual COMMAND' its manual page,
      '\(name) completion' the completion for bash, '\(name) --version' the version.
      """
  }
}

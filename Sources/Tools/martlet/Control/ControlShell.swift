import CommandKit
import Glibc

/// `martlet ctrl` without a module: reads commands, one to a line, until the input ends.
struct ControlShell {
  private var arguments: Arguments
  /// The module whose commands need not be named with it.
  private var module: ControlModule?
  private let isTerminal = isatty(0) == 1
  private var isOver = false

  private static let help = """
      connect [URL]           the broker of the commands: mqtt://HOST[:PORT] or mqtts://HOST[:PORT]
      auth [USER]             who asks; the password is asked for
      dynsec, broker          leave the module out of what follows
      return                  no longer
      exit

    """

  /// A shell whose connections are those of a command line.
  init(_ arguments: Arguments) { self.arguments = arguments }

  /// Reads and performs commands; gives the exit status.
  mutating func run(_ output: inout StandardOutput) -> Int32 {
    while !isOver {
      if isTerminal { output.write("\(module?.name ?? "")> ") }
      output.flush()
      guard let line = readLine() else { break }
      do throws(UsageError) { try perform(Self.words(of: line), &output) } catch {
        StandardError.write(line: "Error: \(error.message)")
      }
    }
    return 0
  }

  private mutating func perform(
    _ words: [String], _ output: inout StandardOutput
  ) throws(UsageError) {
    guard let first = words.first else { return }
    switch first {
    case "exit", "quit": isOver = true
    case "return", "disconnect": module = nil
    case "connect": try connect(words.count > 1 ? words[1] : "mqtt://localhost")
    case "auth": try logIn(words.count > 1 ? words[1] : nil)
    case "help": showHelp(&output)
    default:
      if words.count == 1, let chosen = ControlModule.all.first(where: { $0.name == first }) {
        module = chosen
      } else {
        // A module may be named all the same.
        let isNamed = ControlModule.all.contains { $0.name == first }
        let rest = isNamed ? words : (module.map { [$0.name] } ?? []) + words
        _ = try control(rest, arguments, &output)
      }
    }
  }

  private func showHelp(_ output: inout StandardOutput) {
    output.write(Self.help)
    for module in module.map({ [$0] }) ?? ControlModule.all { output.write(module.help) }
  }

  /// The broker of the commands from now on.
  private mutating func connect(_ text: String) throws(UsageError) {
    let url = try BrokerURL(text + (text.hasSuffix("/") ? "-" : "/-"))
    var words = [ClientOptions.host.names[0], url.host, ClientOptions.port.names[0], "\(url.port)"]
    if url.isSecure { words += SecurityOptions.systemCertificates.names }
    if url.isWebSocket { words += TransportOptions.webSocket.names }
    arguments.append(try ctrlCommand.parse(words))
    if url.userName != nil { try logIn(url.userName, url.password) }
  }

  /// Who asks from now on.
  private mutating func logIn(
    _ userName: String?, _ password: String? = nil
  ) throws(UsageError) {
    var name = userName
    if name == nil {
      if isTerminal { StandardError.write(line: "User name: ") }
      name = readLine()
    }
    guard let name, let secret = password ?? ControlModule.typedSecret("Password for \(name): ")
    else { return }
    arguments.append(
      try ctrlCommand.parse([
        ClientOptions.userName.names[0], name, ClientOptions.password.names[0], secret,
      ]))
  }

  /// The words of a line; those in quotation marks may hold spaces.
  static func words(of line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
        word = word ?? ""
      } else if character.isWhitespace, !isQuoted {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}

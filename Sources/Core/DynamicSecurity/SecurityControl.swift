import AccessFiles
import JSONTree

/// Performs the commands of one message on the control topic, on a model of its own.
public struct SecurityControl {
  /// The topic of the commands.
  public static let topic = "$CONTROL/dynamic-security/v1"
  /// The topic of the answers.
  public static let answerTopic = "\(topic)/response"
  /// How much one message may hold.
  public static let bounds = JSONBounds(values: 100_000, octets: 1 << 20)
  /// How many commands there may be in one message: each may have a password to be hashed.
  static let commandLimit = 1000

  /// The model after all commands.
  public internal(set) var model: SecurityModel
  /// Whose connections end.
  public internal(set) var affected = Set<Affected>()
  /// Whether the model is another one.
  public internal(set) var isChanged = false
  /// A line for the log for each command that was carried out.
  public private(set) var journal: [String] = []
  /// Where users are connected, printable; nil where that is not known.
  let connections: [Name: [String]]?
  let hash: (String) -> PasswordHash?

  /// Commands are to begin with `model`; `hash` hashes passwords, or cannot.
  public init(
    _ model: SecurityModel, connections: [Name: [String]]? = nil,
    hash: @escaping (String) -> PasswordHash?
  ) {
    self.model = model
    self.connections = connections
    self.hash = hash
  }

  /// Whether the answer to a message may tell where users are connected.
  public static func tellsConnections(_ payload: [UInt8]) -> Bool {
    let words = ["getclient", "listclients"].map { Array($0.utf8) }
    let lowered = payload.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return lowered.indices.contains { start in
      words.contains { lowered[start...].starts(with: $0) }
    }
  }

  /// Carries out what a message asks for, on behalf of `sender`, and gives the answer.
  public mutating func perform(_ message: JSONValue, for sender: String) -> JSONValue {
    guard let commands = message["commands"]?.elements else {
      return Self.refusal("Invalid/missing commands")
    }
    guard commands.count <= Self.commandLimit else { return Self.refusal("Too many commands") }
    return .record(["responses": .array(commands.map { answer(to: $0, for: sender) })])
  }

  /// The answer to a message that is no list of commands.
  public static func refusal(_ error: String) -> JSONValue {
    .record(["responses": .array([response("Unknown command", error: error)])])
  }

  private static func response(
    _ command: String, error: String? = nil, data: JSONValue? = nil, correlation: String? = nil
  ) -> JSONValue {
    .record([
      "command": .text(command), "error": error.map { .text($0) }, "data": data,
      "correlationData": correlation.map { .text($0) },
    ])
  }

  private mutating func answer(to command: JSONValue, for sender: String) -> JSONValue {
    guard command.members != nil else {
      return Self.response("Unknown command", error: "Command not an object")
    }
    guard let word = command["command"]?.text else {
      return Self.response("Unknown command", error: "Missing command")
    }
    if let correlation = command["correlationData"], correlation.text == nil {
      return Self.response(word, error: "Invalid correlationData data type.")
    }
    let correlation = command["correlationData"]?.text
    guard let known = Self.commands.first(where: { isSameWord($0.name, word) }) else {
      return Self.response(word, error: "Unknown command", correlation: correlation)
    }
    do throws(CommandError) {
      let data = try known.perform(&self, SecurityRecord(command))
      note(known.name, command, sender)
      return Self.response(known.name, data: data, correlation: correlation)
    } catch {
      return Self.response(known.name, error: error.text, correlation: correlation)
    }
  }

  private mutating func note(_ name: String, _ command: JSONValue, _ sender: String) {
    let secrets = ["command", "password", "correlationData"]
    var line = "dynsec: \(sender) | \(name)"
    for member in command.members ?? []
    where !secrets.contains(where: { isSameWord($0, member.name) }) {
      switch member.value {
      case .text(let text): line += " | \(member.name)=\(text.prefix(100))"
      case .number, .bool: line += " | \(member.name)=\(member.value.compact)"
      case .array, .object, .null: break
      }
    }
    journal.append(line)
  }

  // MARK: The table

  /// Carries a command out and gives what it tells, if it tells something.
  typealias Action =
    @Sendable (inout SecurityControl, SecurityRecord) throws(CommandError) -> JSONValue?

  /// A command that is known.
  struct KnownCommand: Sendable {
    var name: String
    var perform: Action

    /// A command that changes something.
    static func change(
      _ name: String,
      _ perform:
        @escaping @Sendable (inout SecurityControl, SecurityRecord) throws(CommandError) -> Void
    ) -> KnownCommand {
      KnownCommand(name: name) { (control, record) throws(CommandError) in
        try perform(&control, record)
        control.isChanged = true
        return nil
      }
    }

    /// A command that only asks.
    static func question(
      _ name: String,
      _ perform:
        @escaping @Sendable (SecurityModel, SecurityRecord) throws(CommandError) -> JSONValue
    ) -> KnownCommand {
      KnownCommand(name: name) { (control, record) throws(CommandError) in
        try perform(control.model, record)
      }
    }
  }

  private static let commands: [KnownCommand] =
    clientCommands + groupCommands + roleCommands + defaultCommands
}

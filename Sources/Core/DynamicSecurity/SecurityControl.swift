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
    ControlCommands.answer(to: message, limit: Self.commandLimit) { word, command in
      carryOut(word, command, for: sender)
    }
  }

  /// The answer to a message that is no list of commands.
  public static func refusal(_ error: String) -> JSONValue { ControlCommands.refusal(error) }

  private mutating func carryOut(
    _ word: String, _ command: JSONValue, for sender: String
  ) -> ControlAnswer {
    guard let known = Self.commands.first(where: { isSameWord($0.name, word) }) else {
      return ControlAnswer(word, error: "Unknown command")
    }
    do throws(CommandError) {
      let data = try known.perform(&self, SecurityRecord(command))
      note(known.name, command, sender)
      return ControlAnswer(known.name, data: data)
    } catch {
      return ControlAnswer(known.name, error: error.text)
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

/// What came of one command on a control topic.
public struct ControlAnswer: Sendable {
  /// The command's name.
  public var name: String
  /// Why it was not carried out.
  public var error: String?
  /// What it tells.
  public var data: JSONValue?

  /// The answer to the command of that name.
  public init(_ name: String, error: String? = nil, data: JSONValue? = nil) {
    self.name = name
    self.error = error
    self.data = data
  }

  fileprivate func response(correlation: String? = nil) -> JSONValue {
    .record([
      "command": .text(name), "error": error.map { .text($0) }, "data": data,
      "correlationData": correlation.map { .text($0) },
    ])
  }
}

/// Messages of commands as Mosquitto has them on its control topics, and their answers.
public enum ControlCommands {
  /// Has each command of a message carried out, by its name, and gives all answers in one message.
  public static func answer(
    to message: JSONValue, limit: Int, _ perform: (String, JSONValue) -> ControlAnswer
  ) -> JSONValue {
    guard let commands = message["commands"]?.elements else {
      return refusal("Invalid/missing commands")
    }
    guard commands.count <= limit else { return refusal("Too many commands") }
    return .record(["responses": .array(commands.map { answer(to: $0, perform) })])
  }

  /// The answer to a message that is no list of commands.
  public static func refusal(_ error: String) -> JSONValue {
    .record(["responses": .array([unknown(error)])])
  }

  private static func unknown(_ error: String) -> JSONValue {
    ControlAnswer("Unknown command", error: error).response()
  }

  private static func answer(
    to command: JSONValue, _ perform: (String, JSONValue) -> ControlAnswer
  ) -> JSONValue {
    guard command.members != nil else { return unknown("Command not an object") }
    guard let word = command["command"]?.text else { return unknown("Missing command") }
    let correlation = command["correlationData"]
    if let correlation, correlation.text == nil {
      return ControlAnswer(word, error: "Invalid correlationData data type.").response()
    }
    return perform(word, command).response(correlation: correlation?.text)
  }
}

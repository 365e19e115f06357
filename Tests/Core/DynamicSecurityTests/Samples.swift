import AccessFiles
import JSONTree

@testable import DynamicSecurity

/// Octets of a text.
func name(_ text: String) -> Name { Array(text.utf8) }

/// A hash that stands for a password in tests: nothing is hashed.
func sampleHash(_ password: String) -> PasswordHash? {
  let digest = (Array(password.utf8) + [UInt8](repeating: 0, count: 64)).prefix(64)
  return PasswordHash(method: .pbkdf2(rounds: 1), salt: [1, 2, 3], digest: Array(digest))
}

/// A model and its commands: give one with its members, read the answer as a line of JSON.
struct ControlBench {
  var model = SecurityModel()
  var affected = Set<Affected>()

  /// Carries a command out. The answer is an error's text, the data as JSON, or `ok`.
  mutating func run(_ command: String, _ members: KeyValuePairs<String, JSONValue?> = [:]) -> String
  {
    guard case .object(let rest) = JSONValue.record(members) else { return "" }
    return run(.object([JSONMember("command", .text(command))] + rest))
  }

  mutating func run(_ command: JSONValue) -> String {
    let response = perform(.record(["commands": .array([command])]))["responses"]?.elements?.first
    return response?["error"]?.text ?? response?["data"]?.compact ?? "ok"
  }

  mutating func perform(_ message: JSONValue) -> JSONValue {
    var control = SecurityControl(model, hash: sampleHash)
    let answer = control.perform(message, for: "test")
    model = control.model
    affected = control.affected
    return answer
  }

  /// Makes records, which must work.
  mutating func make(clients: [String] = [], groups: [String] = [], roles: [String] = []) {
    for role in roles { _ = run("createRole", ["rolename": .text(role)]) }
    for group in groups { _ = run("createGroup", ["groupname": .text(group)]) }
    for client in clients { _ = run("createClient", ["username": .text(client)]) }
  }

  /// Adds an entry to a role.
  mutating func add(
    _ role: String, _ kind: AccessEntry.Kind, _ topic: String, _ allows: Bool, priority: Int = 0
  ) {
    _ = run(
      "addRoleACL",
      [
        "rolename": .text(role), "acltype": .text(kind.rawValue), "topic": .text(topic),
        "allow": .bool(allows), "priority": .integer(priority),
      ])
  }
}

import AccessFiles
import DynamicSecurity
import Fuzzing
import JSONReading
import JSONTree

/// Reads octets as JSON, and what it is as a file and as a request of dynamic security.
///
/// What is read is written and read again as the same. A request is carried out on a model that has a
/// record of each kind: whatever the model is then, its file gives it again.
public func fuzzControl(_ octets: [UInt8]) throws {
  guard let value = read(octets, JSONBounds(values: 10_000, octets: 1 << 16)) else { return }
  let text = Array(value.compact.utf8)
  let bounds = JSONBounds(values: 10_000, octets: 1 << 20)
  try demand(read(text, bounds)?.compact == value.compact, value.compact)
  try demand(
    read(Array(value.indented.utf8), bounds)?.compact == value.compact, value.indented)
  if let model = try? SecurityModel(file: value) { try check(model) }
  var control = SecurityControl(try sampleModel()) { password in
    PasswordHash(
      method: .pbkdf2(rounds: 1), salt: Array(password.utf8.prefix(8)),
      digest: [UInt8](repeating: 0, count: 64))
  }
  let before = control.model
  let answer = control.perform(value, for: "fuzz")
  try demand(answer["responses"]?.elements != nil, answer.compact)
  try demand(control.isChanged || control.model == before, "changed in silence: \(value.compact)")
  try check(control.model)
}

private func read(_ text: [UInt8], _ bounds: JSONBounds) -> JSONValue? {
  try? JSONValue(text: text, within: bounds)
}

/// A model survives its file, and can be asked.
private func check(_ model: SecurityModel) throws {
  let text = Array(model.file.indented.utf8)
  let again = read(text, JSONBounds(values: 1_000_000, octets: 1 << 24))
    .flatMap { try? SecurityModel(file: $0) }
  try demand(again == model, "a file that gives another model: \(model.file.compact)")
  let rules = SecurityRules(model)
  let (topic, clientID) = (Array("a/b".utf8), Array("c".utf8))
  for name in model.clients.keys {
    let said = rules.decision(
      on: .publish, topic.span, clientID: clientID.span, userName: name.span)
    let again = rules.decision(
      on: .publish, topic.span, clientID: clientID.span, userName: name.span)
    try demand(said == again, "two answers")
  }
}

private func sampleModel() throws -> SecurityModel {
  let text = """
    {"clients":[{"username":"a","roles":[{"rolename":"r"}]},{"username":"b","clientid":"c"}],
    "groups":[{"groupname":"g","roles":[{"rolename":"r"}],"clients":[{"username":"a"}]}],
    "anonymousGroup":"g","roles":[{"rolename":"r","acls":[
    {"acltype":"publishClientSend","topic":"a/#","allow":true}]}]}
    """
  guard let value = read(Array(text.utf8), SecurityControl.bounds) else {
    throw Finding("the sample is no JSON")
  }
  return try SecurityModel(file: value)
}

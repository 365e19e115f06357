import Fuzzing

@testable import AccessFiles

// Whatever stands in an access file, it is a list or an error in one of its lines, whatever its line ends.

/// Reads octets as an ACL file, and asks it about a topic.
public func fuzzAccess(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let topic = input.octets(input.below(24)).filter { $0 != 0 && $0 != 0x2B && $0 != 0x23 }
  let text = String(decoding: input.rest(), as: UTF8.self)
  guard let list = try read(text, { text throws(AccessFileError) in try AccessList(text: text) })
  else { return }
  // A name that is a wildcard opens no more than one that nobody has named.
  let (wildcard, unnamed) = (Array("+".utf8), Array("\u{1}zz".utf8))
  guard !topic.isEmpty, !String(decoding: topic, as: UTF8.self).contains("\u{1}zz") else { return }
  for right in [AccessList.Rights.read, .write] {
    let answers = [wildcard, unnamed].map {
      list.allows(right, topic.span, clientID: $0.span, userName: nil)
    }
    try demand(answers[0] == answers[1], "\(text): \(hexadecimal(topic)), \(right)")
  }
}

/// Reads octets as a password file, and changes it.
public func fuzzPasswords(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let user = input.octets(input.below(8))
  let text = String(decoding: input.rest(), as: UTF8.self)
  var lines = PasswordLines(Array(text.utf8))
  try demand(PasswordLines(lines.content).content == lines.content, text)
  _ = try? lines.plain()
  guard let list = try read(text, { text throws(AccessFileError) in try PasswordList(text: text) })
  else { return }
  try demand(try lines.plain().isEmpty, "\(text): what is a hash is no password")
  guard PasswordLines.isName(user) else { return }
  let hash = PasswordHash(
    method: list.method(ofStranger: 1), salt: [UInt8](repeating: 5, count: 16),
    digest: [UInt8](repeating: 6, count: 64))
  lines.set(hash, for: user)
  let changed = try PasswordList(text: String(decoding: lines.content, as: UTF8.self))
  // A name that is no UTF-8 is read as another one.
  let name = Array(String(decoding: user, as: UTF8.self).utf8)
  try demand(changed.hash(of: name) == hash, "\(text): \(hexadecimal(user)), \(hash.text)")
}

/// Reads octets as a file of secrets, and writes it again.
public func fuzzSecrets(_ octets: [UInt8]) throws {
  let text = String(decoding: octets, as: UTF8.self)
  guard let list = try read(text, { text throws(AccessFileError) in try SharedKeyList(text: text) })
  else { return }
  var again = ""
  for (identity, key) in list.keys {
    try demand((1...128).contains(identity.count) && (1...256).contains(key.count), text)
    again += "\(String(decoding: identity, as: UTF8.self)):\(hexadecimal(key))\n"
  }
  try demand(try SharedKeyList(text: again) == list, text)
}

/// What a file says; nil for one that is refused, in a line that it has.
private func read<List: Equatable>(
  _ text: String, _ list: (String) throws(AccessFileError) -> List
) throws -> List? {
  let said = result(text, list)
  let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  if case .failure(let error) = said {
    try demand((1...lines.count).contains(error.line), "\(text): \(error)")
  }
  try demand(result(withLineEndsOfWindows(text), list) == said, "\(hexadecimal(Array(text.utf8)))")
  return try? said.get()
}

private func result<List>(
  _ text: String, _ list: (String) throws(AccessFileError) -> List
) -> Result<List, AccessFileError> {
  do throws(AccessFileError) { return .success(try list(text)) } catch { return .failure(error) }
}

/// The lines of a password file, to be changed: comments and the order of the lines stay.
public struct PasswordLines: Sendable, Equatable {
  private var lines: [[UInt8]]

  /// The lines of the file's content.
  public init(_ content: [UInt8]) {
    lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0) }
    if lines.last?.isEmpty == true { lines.removeLast() }
  }

  /// The file's content: every line ends with a line feed.
  public var content: [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }

  /// Whether a file can hold a user of that name: 1 to 65,535 octets, no colon, no control character,
  /// and no `#` in front, which would make it a comment.
  public static func isName(_ name: [UInt8]) -> Bool {
    (1...65_535).contains(name.count) && name.first != UInt8(ascii: "#")
      && name.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") }
  }

  /// Sets what is kept of a user's password, in the user's line or in a new one at the end.
  public mutating func set(_ hash: PasswordHash, for user: [UInt8]) {
    let line = user + Array(":\(hash.text)".utf8)
    if let index = lines.firstIndex(where: { Self.parts(of: $0)?.user == user }) {
      lines[index] = line
    } else {
      lines.append(line)
    }
  }

  /// Removes a user; false when there is none of that name.
  public mutating func remove(_ user: [UInt8]) -> Bool {
    let count = lines.count
    lines.removeAll { Self.parts(of: $0)?.user == user }
    return lines.count < count
  }

  /// The users and passwords that stand there unhashed. A hash of a kind that is not known here is
  /// no password. A line that says nothing of a user is an error: it would be lost on the way.
  public func plain() throws(AccessFileError) -> [(user: [UInt8], password: [UInt8])] {
    var plain: [(user: [UInt8], password: [UInt8])] = []
    for (index, line) in lines.enumerated() where !Self.isSilent(line) {
      guard let parts = Self.parts(of: line) else {
        throw AccessFileError(line: index + 1, reason: "there is no user before a colon")
      }
      if !Self.hashes.contains(where: { parts.password.starts(with: $0.utf8) }) {
        plain.append(parts)
      }
    }
    return plain
  }

  /// How hashes begin, those of other programs too.
  private static let hashes = ["$6$", "$7$", "$argon2", "$scram-"]

  /// Whether a line is empty or a comment.
  private static func isSilent(_ line: [UInt8]) -> Bool {
    line.first == UInt8(ascii: "#") || line.allSatisfy { $0 == UInt8(ascii: "\r") }
  }

  private static func parts(of line: [UInt8]) -> (user: [UInt8], password: [UInt8])? {
    let trimmed = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
    guard trimmed.first != UInt8(ascii: "#"),
      let colon = trimmed.firstIndex(of: UInt8(ascii: ":")), colon > trimmed.startIndex
    else { return nil }
    return (Array(trimmed[..<colon]), Array(trimmed[(colon + 1)...]))
  }
}

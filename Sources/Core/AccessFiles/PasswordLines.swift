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
  /// no password.
  public var plain: [(user: [UInt8], password: [UInt8])] {
    lines.compactMap { line in
      guard let parts = Self.parts(of: line),
        !["$6$", "$7$", "$argon2"].contains(where: { parts.password.starts(with: $0.utf8) })
      else { return nil }
      return parts
    }
  }

  private static func parts(of line: [UInt8]) -> (user: [UInt8], password: [UInt8])? {
    let trimmed = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
    guard trimmed.first != UInt8(ascii: "#"),
      let colon = trimmed.firstIndex(of: UInt8(ascii: ":")), colon > trimmed.startIndex
    else { return nil }
    return (Array(trimmed[..<colon]), Array(trimmed[(colon + 1)...]))
  }
}

extension PasswordHash {
  /// As a password file has it after the colon.
  public var text: String {
    let parts = "\(base64(salt))$\(base64(digest))"
    return switch method {
    case .sha512: "$6$\(parts)"
    case .pbkdf2(let rounds): "$7$\(rounds)$\(parts)"
    }
  }
}

/// Octets in base 64 with padding [RFC 4648 4].
private func base64(_ octets: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: octets.count, by: 3) {
    let group = octets[start..<min(start + 3, octets.count)]
    var bits = group.reduce(0) { $0 << 8 | Int($1) }
    bits <<= 8 * (3 - group.count)
    for place in 0..<4 {
      text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}

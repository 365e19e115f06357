/// What is kept of a password: a salt, and what hashing gave with it.
public struct PasswordHash: Sendable, Equatable {
  /// How it was hashed.
  public enum Method: Sendable, Equatable {
    /// SHA-512 once over password and salt (`$6$`).
    case sha512
    /// PBKDF2 with HMAC-SHA-512 and that many rounds (`$7$`).
    case pbkdf2(rounds: Int)

    /// How a password is hashed where nothing else is asked for.
    public static let usual = Method.pbkdf2(rounds: 210_000)
  }

  /// How it was hashed.
  public var method: Method
  /// The salt.
  public var salt: [UInt8]
  /// The hash: 64 octets.
  public var digest: [UInt8]

  /// A hash of those parts.
  public init(method: Method, salt: [UInt8], digest: [UInt8]) {
    self.method = method
    self.salt = salt
    self.digest = digest
  }
}

/// The users of a password file: Mosquitto's `password_file`.
public struct PasswordList: Sendable, Equatable {
  private var hashes: [[UInt8]: PasswordHash] = [:]

  /// How many users there are.
  public var count: Int { hashes.count }

  /// What is kept of a user's password; nil for one that is not in the file.
  public func hash(of userName: [UInt8]) -> PasswordHash? { hashes[userName] }

  /// A list of nobody.
  public init() {}

  /// Sets what is kept of a user's password; with nil the user is not in the list any more.
  public mutating func set(_ hash: PasswordHash?, of userName: [UInt8]) {
    hashes[userName] = hash
  }

  /// The users that the text of a file names: `USER:$7$ROUNDS$SALT$HASH` or `USER:$6$SALT$HASH` to a
  /// line, salt and hash in base 64. A line is a comment when `#` is its first character. A password
  /// that stands there as it is makes the file unusable.
  public init(text: String) throws(AccessFileError) {
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let trimmed = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard !trimmed.isEmpty, trimmed.first != UInt8(ascii: "#") else { continue }
      guard let colon = trimmed.firstIndex(of: UInt8(ascii: ":")), colon > trimmed.startIndex else {
        throw AccessFileError(line: number, reason: "there is no user before a colon")
      }
      let user = Array(trimmed[..<colon])
      guard let hash = PasswordHash(text: trimmed[trimmed.index(after: colon)...]) else {
        throw AccessFileError(
          line: number,
          reason: "what stands for \(String(decoding: user, as: UTF8.self)) is no "
            + "hash of a password that is known here")
      }
      guard hashes.updateValue(hash, forKey: user) == nil else {
        throw AccessFileError(
          line: number, reason: "\(String(decoding: user, as: UTF8.self)) stands there twice")
      }
    }
  }
}

extension PasswordHash {
  /// The most rounds that are taken: a file must not stop the daemon for minutes.
  private static let roundLimit = 10_000_000

  /// The hash that stands after the colon in a line of a password file; nil for what is none.
  public init?(text: Substring.UTF8View) {
    var parts = text.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)[...]
    guard parts.popFirst()?.isEmpty == true, let kind = parts.popFirst() else { return nil }
    var method = Method.sha512
    if kind.elementsEqual("7".utf8) {
      guard let rounds = parts.popFirst().flatMap({ Int(Substring($0)) }),
        (1...Self.roundLimit).contains(rounds)
      else { return nil }
      method = .pbkdf2(rounds: rounds)
    } else if !kind.elementsEqual("6".utf8) {
      return nil
    }
    guard parts.count == 2, let salt = parts.popFirst().flatMap({ octets(ofBase64: $0) }),
      let digest = parts.popFirst().flatMap({ octets(ofBase64: $0) }), digest.count == 64
    else { return nil }
    self.init(method: method, salt: salt, digest: digest)
  }
}

/// The octets that a text in base 64 stands for [RFC 4648 4]; nil for one that is none.
private func octets(ofBase64 text: Substring.UTF8View) -> [UInt8]? {
  let digits = Array(text.prefix { $0 != UInt8(ascii: "=") })
  let padding = text.count - digits.count
  guard text.count % 4 == 0, padding <= 2, text.suffix(padding).allSatisfy({ $0 == 0x3D }) else {
    return nil
  }
  var octets: [UInt8] = []
  var (bits, count) = (UInt32(0), 0)
  for digit in digits {
    guard let value = value(ofBase64: digit) else { return nil }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return octets
}

private func value(ofBase64 digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
  case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}

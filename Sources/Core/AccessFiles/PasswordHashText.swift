// How a hash stands in a password file, behind the user and a colon.
extension PasswordHash {
  /// The text of the hash.
  public var text: String {
    switch method {
    case .sha512: "$6$\(Base64.text(of: salt))$\(Base64.text(of: digest))"
    case .pbkdf2(let rounds):
      "$7$\(rounds)$\(Base64.text(of: salt))$\(Base64.text(of: digest))"
    case .argon2id(let cost):
      "$argon2id$v=19$m=\(cost.memory),t=\(cost.passes),p=\(cost.lanes)"
        + "$\(Base64.text(of: salt, isPadded: false))$\(Base64.text(of: digest, isPadded: false))"
    case .scramSHA256(let rounds):
      "$scram-sha-256$\(rounds)$\(Base64.text(of: salt))"
        + "$\(Base64.text(of: Array(digest.prefix(32))))$\(Base64.text(of: Array(digest.dropFirst(32))))"
    }
  }

  /// What a text says; nil for one that says no hash that may be used.
  public init?(text: Substring.UTF8View) {
    guard let hash = try? PasswordHash(text) else { return nil }
    self = hash
  }

  /// What a text says; nil for one that says no hash of a kind that is known. Throws where a hash
  /// would cost more than a file may ask for.
  init?(_ text: Substring.UTF8View) throws(LineFault) {
    let parts = text.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
    guard parts.count > 2, parts[0].isEmpty else { return nil }
    let rest = parts.dropFirst(2)
    switch String(Substring(parts[1])) {
    case "6": self.init(.sha512, rest)
    case "7": try self.init(ofRounds: rest)
    case "argon2id": try self.init(ofArgon2: rest)
    case "scram-sha-256": try self.init(ofExchange: rest)
    default: return nil
    }
  }

  /// A salt and a hash of 64 octets in padded base 64.
  private init?(_ method: Method, _ parts: ArraySlice<Substring.UTF8View>) {
    guard parts.count == 2, let first = parts.first, let last = parts.last,
      let salt = Base64.octets(of: first), let digest = Base64.octets(of: last), digest.count == 64
    else { return nil }
    self.init(method: method, salt: salt, digest: digest)
  }

  private init?(ofRounds parts: ArraySlice<Substring.UTF8View>) throws(LineFault) {
    guard let rounds = parts.first.flatMap(number) else { return nil }
    try Self.demand(rounds, in: Method.rounds)
    self.init(.pbkdf2(rounds: rounds), parts.dropFirst())
  }

  private init?(ofExchange parts: ArraySlice<Substring.UTF8View>) throws(LineFault) {
    guard parts.count == 4, let rounds = parts.first.flatMap(number) else { return nil }
    try Self.demand(rounds, in: Method.exchangeRounds)
    let values = parts.dropFirst().compactMap { Base64.octets(of: $0) }
    guard values.count == 3, values[1].count == 32, values[2].count == 32,
      (8...64).contains(values[0].count)
    else { return nil }
    self.init(
      method: .scramSHA256(rounds: rounds), salt: values[0], digest: values[1] + values[2])
  }

  /// The form of the Password Hashing Competition: `v=19$m=…,t=…,p=…$SALT$HASH`, without padding.
  private init?(ofArgon2 parts: ArraySlice<Substring.UTF8View>) throws(LineFault) {
    guard parts.count == 4, let version = parts.first, version.elementsEqual("v=19".utf8),
      let cost = Argon2Cost(parts[parts.startIndex + 1])
    else { return nil }
    guard cost.isBounded else {
      throw LineFault(
        reason: "argon2id takes m from 8 for each of p up to \(Argon2Cost.memoryLimit), "
          + "t and p from 1 to 16")
    }
    let values = parts.suffix(2).compactMap { Base64.octets(of: $0, isPadded: false) }
    guard values.count == 2, (8...64).contains(values[0].count), (16...64).contains(values[1].count)
    else { return nil }
    self.init(method: .argon2id(cost), salt: values[0], digest: values[1])
  }

  private static func demand(_ rounds: Int, in range: ClosedRange<Int>) throws(LineFault) {
    guard range.contains(rounds) else {
      throw LineFault(
        reason: "\(rounds) rounds are not within \(range.lowerBound) and \(range.upperBound)")
    }
  }
}

extension Argon2Cost {
  fileprivate init?(_ text: Substring.UTF8View) {
    let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    var numbers: [Int] = []
    for (part, name) in zip(parts, ["m=", "t=", "p="]) where part.starts(with: name.utf8) {
      if let number = number(part.dropFirst(2)) { numbers.append(number) }
    }
    guard parts.count == 3, numbers.count == 3 else { return nil }
    self.init(memory: numbers[0], passes: numbers[1], lanes: numbers[2])
  }
}

/// A number of decimal digits alone, as far as it matters how large it is.
private func number(_ text: Substring.UTF8View) -> Int? {
  guard !text.isEmpty, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return Int(Substring(text)) ?? .max
}

/// The users of a password file: Mosquitto's `password_file`.
public struct PasswordList: Sendable, Equatable {
  private var hashes: [[UInt8]: PasswordHash] = [:]
  /// How the users' passwords are hashed, in the order of the file.
  private var methods: [PasswordHash.Method] = []
  /// The rounds of those that are kept for SCRAM.
  private var exchangeRounds: [Int] = []

  /// How many users there are.
  public var count: Int { hashes.count }

  /// What is kept of a user's password; nil for one that is not in the file.
  public func hash(of userName: [UInt8]) -> PasswordHash? { hashes[userName] }

  /// A list of nobody.
  public init() {}

  /// Sets what is kept of a user's password; with nil the user is not in the list any more.
  public mutating func set(_ hash: PasswordHash?, of userName: [UInt8]) {
    hashes[userName] = hash
    if let hash { note(hash.method) }
  }

  private mutating func note(_ method: PasswordHash.Method) {
    methods.append(method)
    if let rounds = method.scramRounds { exchangeRounds.append(rounds) }
  }

  /// How the password of somebody unknown is to be hashed, so that it takes as long as that of a user:
  /// as that of the user whom `number` falls on.
  public func method(ofStranger number: UInt64) -> PasswordHash.Method {
    methods.isEmpty ? .usual : methods[Int(number % UInt64(methods.count))]
  }

  /// The rounds that somebody unknown is told in an exchange: those of the user whom `number` falls on.
  public func exchangeRounds(ofStranger number: UInt64) -> Int {
    guard !exchangeRounds.isEmpty else { return PasswordHash.Method.usualExchangeRounds }
    return exchangeRounds[Int(number % UInt64(exchangeRounds.count))]
  }

  /// The users that the text of a file names: a user, a colon and a hash to a line, which is one of
  /// `$6$SALT$HASH`, `$7$ROUNDS$SALT$HASH`, `$argon2id$v=19$m=…,t=…,p=…$SALT$HASH` and
  /// `$scram-sha-256$ROUNDS$SALT$STOREDKEY$SERVERKEY`. A line is a comment when `#` is its first
  /// character. A password that stands there as it is makes the file unusable.
  public init(text: String) throws(AccessFileError) {
    try readLines(of: text) { line throws(LineFault) in try take(line) }
  }

  private mutating func take(_ line: Substring.UTF8View) throws(LineFault) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
      throw LineFault(reason: "there is no user before a colon")
    }
    let user = Array(line[..<colon])
    let name = String(decoding: user, as: UTF8.self)
    guard let hash = try hash(line[line.index(after: colon)...], of: name) else {
      throw LineFault(
        reason: "what stands for \(name) is no hash of a password that is known here")
    }
    guard hashes.updateValue(hash, forKey: user) == nil else {
      throw LineFault(reason: "\(name) stands there twice")
    }
    note(hash.method)
  }

  private func hash(
    _ text: Substring.UTF8View, of name: String
  ) throws(LineFault) -> PasswordHash? {
    do throws(LineFault) { return try PasswordHash(text) } catch {
      throw LineFault(reason: "the hash of \(name): \(error.reason)")
    }
  }
}

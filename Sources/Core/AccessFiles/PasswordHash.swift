/// What is kept of a password: a salt, and what hashing gave with it.
public struct PasswordHash: Sendable, Equatable {
  /// How it was hashed.
  public enum Method: Sendable, Equatable {
    /// SHA-512 once over password and salt (`$6$`).
    case sha512
    /// PBKDF2 with HMAC-SHA-512 and that many rounds (`$7$`).
    case pbkdf2(rounds: Int)
    /// Argon2id at that cost (`$argon2id$`).
    case argon2id(Argon2Cost)
    /// The keys that SCRAM-SHA-256 checks with, of that many rounds (`$scram-sha-256$`) [RFC 5802 3].
    case scramSHA256(rounds: Int)
  }

  /// How it was hashed.
  public var method: Method
  /// The salt.
  public var salt: [UInt8]
  /// The hash: 64 octets, of Argon2id 16 to 64. Of SCRAM the StoredKey, then the ServerKey.
  public var digest: [UInt8]

  /// A hash of those parts.
  public init(method: Method, salt: [UInt8], digest: [UInt8]) {
    self.method = method
    self.salt = salt
    self.digest = digest
  }
}

extension PasswordHash.Method {
  /// How passwords are hashed where nobody says how.
  public static var usual: Self { .pbkdf2(rounds: 210_000) }

  /// The rounds of SCRAM where nobody says how many: it is the client that has to make them.
  public static var usualExchangeRounds: Int { 100_000 }

  /// The rounds that are taken: a file must not stop the daemon for minutes.
  public static var rounds: ClosedRange<Int> { 1...10_000_000 }
  /// The rounds that are taken of SCRAM, which is to have 4096 at least [RFC 7677 4].
  public static var exchangeRounds: ClosedRange<Int> { 4096...10_000_000 }

  /// The rounds of SCRAM; nil for other methods.
  public var scramRounds: Int? {
    if case .scramSHA256(let rounds) = self { rounds } else { nil }
  }

  /// The memory that hashing one password takes, in KiB, as far as it is worth counting.
  public var memory: Int {
    if case .argon2id(let cost) = self { cost.memory } else { 0 }
  }
}

/// What hashing one password by Argon2id costs [RFC 9106 3.1].
public struct Argon2Cost: Sendable, Equatable {
  /// Memory in KiB (`m`).
  public var memory: Int
  /// How often it is gone through (`t`).
  public var passes: Int
  /// In how many independent parts (`p`).
  public var lanes: Int

  /// The most memory that is taken, in KiB: 256 MiB.
  public static var memoryLimit: Int { 262_144 }
  /// Mosquitto's: 46 MiB, gone through once.
  public static var usual: Argon2Cost { Argon2Cost(memory: 47_104, passes: 1, lanes: 1) }

  /// A cost of those parts.
  public init(memory: Int, passes: Int, lanes: Int) {
    self.memory = memory
    self.passes = passes
    self.lanes = lanes
  }

  /// Whether it is what a file may ask for: a line must not take the machine's memory, nor minutes.
  public var isBounded: Bool {
    (1...16).contains(lanes) && (1...16).contains(passes)
      && (8 * lanes...Self.memoryLimit).contains(memory)
  }
}

import AccessFiles
import CCrypto

extension PasswordHash {
  /// Whether it is the hash of `password`; nil where hashing failed, for want of memory. Takes as long as
  /// its method takes: not in a running loop.
  public func matches(_ password: [UInt8]) -> Bool? {
    guard let other = method.digest(of: password, salt, count: digest.count) else { return nil }
    return other.count == digest.count && CRYPTO_memcmp(other, digest, digest.count) == 0
  }

  /// The hash of a password with a new salt; nil where hashing failed.
  public init?(of password: [UInt8], _ method: Method) {
    var salt = [UInt8](repeating: 0, count: method.saltCount)
    guard RAND_bytes(&salt, Int32(salt.count)) == 1,
      let digest = method.digest(of: password, salt, count: method.digestCount)
    else { return nil }
    self.init(method: method, salt: salt, digest: digest)
  }
}

extension PasswordHash.Method {
  /// The octets of a new salt; Mosquitto 2.0 takes no more than 12 of those that it knows.
  fileprivate var saltCount: Int {
    switch self {
    case .sha512, .pbkdf2: 12
    case .argon2id, .scramSHA256: 16
    }
  }

  /// The octets of a new hash.
  var digestCount: Int {
    if case .argon2id = self { 32 } else { 64 }
  }

  /// What hashing a password gives: `count` octets, which only Argon2id leaves open.
  public func digest(of password: [UInt8], _ salt: [UInt8], count: Int) -> [UInt8]? {
    switch self {
    case .sha512: Self.hashOnce(password + salt)
    case .pbkdf2(let rounds):
      derive(from: password, salt, rounds: rounds, EVP_sha512(), count: 64)
    case .argon2id(let cost): cost.digest(of: password, salt, count: count)
    case .scramSHA256(let rounds): ScramKeys(of: password, salt, rounds: rounds)?.digest
    }
  }

  private static func hashOnce(_ text: [UInt8]) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: 64)
    return SHA512(text, text.count, &digest) == nil ? nil : digest
  }
}

/// PBKDF2 with HMAC [RFC 8018 5.2]; nil where libcrypto fails.
func derive(
  from password: [UInt8], _ salt: [UInt8], rounds: Int, _ function: OpaquePointer?, count: Int
) -> [UInt8]? {
  var digest = [UInt8](repeating: 0, count: count)
  let isDone = password.withUnsafeBytes { octets in
    PKCS5_PBKDF2_HMAC(
      octets.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: octets.count),
      salt, Int32(clamping: salt.count), Int32(clamping: rounds), function, Int32(count), &digest)
  }
  return isDone == 1 ? digest : nil
}

/// HMAC with SHA-256 [RFC 2104]: 32 octets.
func hmacSHA256(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 32)
  _ = HMAC(EVP_sha256(), key, Int32(clamping: key.count), text, text.count, &digest, nil)
  return digest
}

/// A digest that only this process can make: what is remembered of a password that was right.
struct DigestKey: Sendable {
  private let key = (0..<32).map { _ in UInt8.random(in: .min ... .max) }

  func digest(of password: [UInt8], _ salt: [UInt8]) -> [UInt8] {
    hmacSHA256(key, salt + password)
  }
}

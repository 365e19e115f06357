import AccessFiles
import CCrypto

extension PasswordHash {
  /// Whether it is the hash of `password`. Takes as long as its rounds take: not in a running loop.
  public func matches(_ password: [UInt8]) -> Bool {
    guard let other = PasswordHash.digest(of: password, salt, method) else { return false }
    return other.count == digest.count && CRYPTO_memcmp(other, digest, digest.count) == 0
  }

  /// The hash of a password with a new salt of 12 octets; nil where libcrypto fails.
  public init?(of password: [UInt8], _ method: Method) {
    var salt = [UInt8](repeating: 0, count: 12)
    guard RAND_bytes(&salt, 12) == 1, let digest = Self.digest(of: password, salt, method) else {
      return nil
    }
    self.init(method: method, salt: salt, digest: digest)
  }

  /// What hashing a password gives: 64 octets.
  public static func digest(
    of password: [UInt8], _ salt: [UInt8], _ method: Method
  ) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: 64)
    switch method {
    case .sha512:
      let text = password + salt
      return SHA512(text, text.count, &digest) == nil ? nil : digest
    case .pbkdf2(let rounds):
      let isDone = password.withUnsafeBytes { octets in
        PKCS5_PBKDF2_HMAC(
          octets.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: octets.count),
          salt, Int32(clamping: salt.count), Int32(clamping: rounds), EVP_sha512(), 64, &digest)
      }
      return isDone == 1 ? digest : nil
    }
  }
}

/// A digest that only this process can make: what is remembered of a password that was right.
struct DigestKey: Sendable {
  private let key: [UInt8]

  init() {
    var octets = [UInt8](repeating: 0, count: 32)
    for index in octets.indices { octets[index] = UInt8.random(in: .min ... .max) }
    key = octets
  }

  func digest(of password: [UInt8], _ salt: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let text = salt + password
    _ = HMAC(EVP_sha256(), key, Int32(key.count), text, text.count, &digest, nil)
    return digest
  }
}

import CCrypto

/// What a server keeps of a password to check it by SCRAM-SHA-256, without being able to log in
/// with it elsewhere [RFC 5802 3, RFC 7677].
struct ScramKeys: Sendable, Equatable {
  /// The hash of the key that the client shows to have.
  let stored: [UInt8]
  /// The key that the server shows to have.
  let server: [UInt8]

  /// The keys that follow from a password. Takes as long as the rounds take; nil where libcrypto fails.
  init?(of password: [UInt8], _ salt: [UInt8], rounds: Int) {
    guard let salted = derive(from: password, salt, rounds: rounds, EVP_sha256(), count: 32) else {
      return nil
    }
    stored = Self.hash(hmacSHA256(salted, Array("Client Key".utf8)))
    server = hmacSHA256(salted, Array("Server Key".utf8))
  }

  /// The keys of a hash of 64 octets.
  init(digest: [UInt8]) {
    stored = Array(digest.prefix(32))
    server = Array(digest.dropFirst(32))
  }

  /// Both, as a hash keeps them.
  var digest: [UInt8] { stored + server }

  /// Whether a proof is of somebody who knows the password: `message` is all that was said.
  func accepts(proof: [UInt8], of message: [UInt8]) -> Bool {
    guard proof.count == 32 else { return false }
    let signature = hmacSHA256(stored, message)
    let key = zip(proof, signature).map { $0 ^ $1 }
    return CRYPTO_memcmp(Self.hash(key), stored, 32) == 0
  }

  /// What shows the client that the server knows the keys.
  func signature(of message: [UInt8]) -> [UInt8] { hmacSHA256(server, message) }

  private static func hash(_ text: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    _ = SHA256(text, text.count, &digest)
    return digest
  }
}

import AccessFiles

/// One exchange by SCRAM-SHA-256 [RFC 5802 3], on the server's side, between its two messages.
struct ScramExchange: Sendable {
  /// The method's name in MQTT.
  static let method = "SCRAM-SHA-256"

  /// Who the client says it is.
  let userName: [UInt8]
  private let keys: ScramKeys
  private let header: [UInt8]
  private let nonce: [UInt8]
  /// What both have said so far, with a comma behind.
  private let said: [UInt8]
  /// What the client is told first: nonce, salt and rounds.
  let challenge: [UInt8]

  /// An exchange that a client has begun with `first`; `nonce` is the server's part of the nonce.
  init(_ first: ScramFirst, hash: PasswordHash, rounds: Int, nonce: [UInt8]) {
    userName = first.userName
    keys = ScramKeys(digest: hash.digest)
    header = first.header
    self.nonce = first.nonce + nonce
    let salt = Base64.text(of: hash.salt)
    challenge = Array("r=".utf8) + self.nonce + Array(",s=\(salt),i=\(rounds)".utf8)
    said = first.bare + Array(",".utf8) + challenge + Array(",".utf8)
  }

  /// What the last message comes to: what shows the client who the server is; nil for one that shows
  /// nothing.
  func answer(to message: [UInt8]) -> [UInt8]? {
    guard let last = ScramFinal(message), last.header == header, last.nonce == nonce else {
      return nil
    }
    let all = said + last.withoutProof
    guard keys.accepts(proof: last.proof, of: all) else { return nil }
    return Array("v=\(Base64.text(of: keys.signature(of: all)))".utf8)
  }
}

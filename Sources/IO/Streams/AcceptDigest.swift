import CCrypto
import WebSocket

extension UpgradeAccept {
  /// The answer to a key [RFC 6455 4.2.2].
  public init(_ key: UpgradeKey) {
    let question = key.question
    var digest = InlineArray<20, UInt8>(repeating: 0)
    question.span.withUnsafeBufferPointer { question in
      var room = digest.mutableSpan
      room.withUnsafeMutableBufferPointer { room in
        _ = SHA1(question.baseAddress, question.count, room.baseAddress)
      }
    }
    self.init(digest: digest)
  }
}

extension UpgradeKey {
  /// A new key.
  public static func random() -> UpgradeKey {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    for index in octets.indices { octets[index] = UInt8.random(in: .min ... .max) }
    return UpgradeKey(random: octets)
  }
}

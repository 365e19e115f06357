import WireBytes

/// The key of a handshake, 24 characters of base64, by which a server shows that it has understood
/// [RFC 6455 4.1].
public struct UpgradeKey: BitwiseCopyable, Sendable {
  /// The characters.
  public let characters: InlineArray<24, UInt8>

  /// A client's own key, of 16 random octets.
  public init(random: InlineArray<16, UInt8>) {
    characters = base64(random)
  }

  /// The key in a request; nil when it is not the base64 of 16 octets.
  init?(_ range: Range<Int>, of bytes: Span<UInt8>) {
    guard range.count == 24 else { return nil }
    var characters = InlineArray<24, UInt8>(repeating: UInt8(ascii: "="))
    for index in 0..<22 as Range<Int> {
      characters[index] = bytes[range.lowerBound + index]
      guard isBase64(characters[index]) else { return nil }
    }
    // 16 octets are 21 characters and a third of one.
    guard "AQgw".utf8.contains(characters[21]), bytes[range.upperBound - 2] == UInt8(ascii: "="),
      bytes[range.upperBound - 1] == UInt8(ascii: "=")
    else { return nil }
    self.characters = characters
  }

  /// What the server makes the SHA-1 digest of: the key and a constant [RFC 6455 4.2.2].
  public var question: InlineArray<60, UInt8> {
    var octets = InlineArray<60, UInt8>(repeating: 0)
    for index in characters.indices { octets[index] = characters[index] }
    var index = 24
    for octet in "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8 {
      octets[index] = octet
      index += 1
    }
    return octets
  }
}

/// What a server answers to a key: the digest of `UpgradeKey.question` in base64.
public struct UpgradeAccept: BitwiseCopyable, Sendable {
  /// The characters.
  public let characters: InlineArray<28, UInt8>

  /// The answer of that SHA-1 digest.
  public init(digest: InlineArray<20, UInt8>) { characters = base64(digest) }
}

/// The base64 of some octets, with `=` in the places that are left.
private func base64<let count: Int, let size: Int>(
  _ octets: InlineArray<count, UInt8>
) -> InlineArray<size, UInt8> {
  var characters = InlineArray<size, UInt8>(repeating: UInt8(ascii: "="))
  var (bits, width, next) = (UInt32(0), 0, 0)
  for index in octets.indices {
    bits = bits << 8 | UInt32(octets[index])
    width += 8
    while width >= 6 {
      width -= 6
      characters[next] = character(bits >> UInt32(width) & 63)
      next += 1
    }
  }
  if width > 0 { characters[next] = character(bits << UInt32(6 - width) & 63) }
  return characters
}

private func character(_ value: UInt32) -> UInt8 {
  let value = UInt8(truncatingIfNeeded: value)
  switch value {
  case 0..<26: return UInt8(ascii: "A") + value
  case 26..<52: return UInt8(ascii: "a") + (value - 26)
  case 52..<62: return UInt8(ascii: "0") + (value - 52)
  case 62: return UInt8(ascii: "+")
  default: return UInt8(ascii: "/")
  }
}

private func isBase64(_ octet: UInt8) -> Bool {
  switch octet {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: octet == UInt8(ascii: "+") || octet == UInt8(ascii: "/")
  }
}

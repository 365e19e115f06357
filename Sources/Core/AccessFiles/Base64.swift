/// Octets as text in base 64 [RFC 4648 4].
public enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text that stands for octets, with `=` at its end where it is padded.
  public static func text(of octets: [UInt8], isPadded: Bool = true) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: octets.count, by: 3) {
      let group = octets[start..<min(start + 3, octets.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        if place <= group.count {
          text.append(digits[bits >> (18 - 6 * place) & 63])
        } else if isPadded {
          text.append(UInt8(ascii: "="))
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The octets that a text stands for; nil for one that `text(of:isPadded:)` does not give.
  public static func octets(
    of text: some Collection<UInt8>, isPadded: Bool = true
  ) -> [UInt8]? {
    let said = Array(text.prefix { $0 != UInt8(ascii: "=") })
    let padding = text.count - said.count
    guard padding == (isPadded ? (4 - said.count % 4) % 4 : 0), said.count % 4 != 1,
      text.dropFirst(said.count).allSatisfy({ $0 == UInt8(ascii: "=") })
    else { return nil }
    var octets: [UInt8] = []
    var (bits, count) = (UInt32(0), UInt32(0))
    for digit in said {
      guard let value = value(of: digit) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      octets.append(UInt8(truncatingIfNeeded: bits >> count))
      bits &= (1 << count) - 1
    }
    return bits == 0 ? octets : nil
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

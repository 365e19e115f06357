/// Octets as text in hexadecimal digits.
public enum Hexadecimal {
  /// The octets that pairs of digits stand for; nil for a text that is none.
  public static func octets(of text: some Collection<UInt8>) -> [UInt8]? {
    let digits = text.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == text.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}

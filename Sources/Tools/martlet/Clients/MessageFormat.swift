import CommandKit

/// The format of `-F`, taken apart: text, the fields of a message, and the parts of a time.
struct MessageFormat {
  enum Part: Equatable {
    case text([UInt8])
    case field(MessageField, FieldSetting)
    /// A letter behind `@`: one conversion of strftime, or nanoseconds.
    case time(UInt8)
  }

  private(set) var parts: [Part] = []
  private var text: [UInt8] = []

  /// Takes `format` apart; throws where it has something that no message can fill in.
  init(_ format: String) throws(UsageError) {
    var rest = Array(format.utf8)[...]
    while let octet = rest.popFirst() {
      switch octet {
      case UInt8(ascii: "%"): try readField(&rest)
      case UInt8(ascii: "@"): try readTime(&rest)
      case UInt8(ascii: "\\"): try readEscape(&rest)
      default: text.append(octet)
      }
    }
    endText()
  }

  private mutating func endText() {
    if !text.isEmpty { parts.append(.text(text)) }
    text = []
  }

  private mutating func readField(_ rest: inout ArraySlice<UInt8>) throws(UsageError) {
    let setting = try readSetting(&rest)
    guard let name = rest.popFirst() else { throw UsageError("Incomplete format specifier.") }
    if name == UInt8(ascii: "%") { return text.append(name) }
    guard let field = MessageField(rawValue: name) else {
      throw UsageError("Invalid format specifier '\(Character(UnicodeScalar(name)))'.")
    }
    endText()
    parts.append(.field(field, setting.fitting(field)))
  }

  private func readSetting(_ rest: inout ArraySlice<UInt8>) throws(UsageError) -> FieldSetting {
    var setting = FieldSetting()
    setting.isLeft = take(UInt8(ascii: "-"), &rest)
    setting.isZeroFilled = take(UInt8(ascii: "0"), &rest)
    setting.width = readNumber(&rest) ?? 0
    if take(UInt8(ascii: "."), &rest) {
      setting.limit = readNumber(&rest) ?? 0
      setting.separator = takeSeparator(&rest) ?? setting.separator
    }
    guard setting.width <= 10_000, setting.limit ?? 0 <= 10_000 else {
      throw UsageError("Invalid field width in the format.")
    }
    return setting
  }

  /// Whether that octet comes next, which is taken then.
  private func take(_ octet: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == octet else { return false }
    rest.removeFirst()
    return true
  }

  /// What stands between groups of hexadecimal digits: an octet before `x` or `X`.
  private func takeSeparator(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
    let isHexadecimal = rest.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    guard let first = rest.first, isHexadecimal, MessageField(rawValue: first) == nil else {
      return nil
    }
    rest.removeFirst()
    return first
  }

  private func readNumber(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    rest = rest.dropFirst(digits.count)
    guard !digits.isEmpty else { return nil }
    return Int(String(decoding: digits, as: UTF8.self)) ?? .max
  }

  private mutating func readTime(_ rest: inout ArraySlice<UInt8>) throws(UsageError) {
    guard let name = rest.popFirst() else { throw UsageError("Incomplete format specifier.") }
    if name == UInt8(ascii: "@") { return text.append(name) }
    endText()
    parts.append(.time(name))
  }

  private mutating func readEscape(_ rest: inout ArraySlice<UInt8>) throws(UsageError) {
    guard let name = rest.popFirst() else { throw UsageError("Incomplete escape specifier.") }
    let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "0"): 0, UInt8(ascii: "a"): 7,
      UInt8(ascii: "e"): 27, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
      UInt8(ascii: "v"): 11,
    ]
    guard let octet = escapes[name] else {
      throw UsageError("Invalid escape specifier '\(Character(UnicodeScalar(name)))'.")
    }
    text.append(octet)
  }
}

extension JSONValue {
  /// The text without a space that need not be.
  public var compact: String {
    var text = ""
    print(into: &text, depth: nil)
    return text
  }

  /// The text with every member and every element that is no plain value on a line of its own.
  public var indented: String {
    var text = ""
    print(into: &text, depth: 0)
    return text + "\n"
  }

  private func print(into text: inout String, depth: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .number(let number): text += Self.digits(of: number)
    case .text(let string): Self.print(quoted: string, into: &text)
    case .array(let elements):
      Self.print(elements, "[", "]", into: &text, depth: depth) { element, text, inner in
        element.print(into: &text, depth: inner)
      }
    case .object(let members):
      Self.print(members, "{", "}", into: &text, depth: depth) { member, text, inner in
        Self.print(quoted: member.name, into: &text)
        text += inner == nil ? ":" : ": "
        member.value.print(into: &text, depth: inner)
      }
    }
  }

  private static func print<Part>(
    _ parts: [Part], _ start: String, _ end: String, into text: inout String, depth: Int?,
    _ print: (Part, inout String, Int?) -> Void
  ) {
    text += start
    let inner = depth.map { $0 + 1 }
    for (index, part) in parts.enumerated() {
      if index > 0 { text += "," }
      breakLine(inner, in: &text)
      print(part, &text, inner)
    }
    if !parts.isEmpty { breakLine(depth, in: &text) }
    text += end
  }

  private static func breakLine(_ depth: Int?, in text: inout String) {
    if let depth { text += "\n" + String(repeating: "  ", count: depth) }
  }

  /// JSON has neither infinity nor what is no number.
  private static func digits(of number: Double) -> String {
    if let whole = Int(exactly: number) { return "\(whole)" }
    return number.isFinite ? "\(number)" : "null"
  }

  private static func print(quoted string: String, into text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

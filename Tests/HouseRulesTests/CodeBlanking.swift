/// Swift source with its comments and string contents turned into spaces, so that a rule that looks
/// for a word finds code only. Lines keep their numbers and columns.
struct CodeBlanking {
  private let bytes: [UInt8]
  private var output: [UInt8]
  private var position = 0
  private let keepsStrings: Bool

  /// `text` without comments, and without the contents of strings unless `keepingStrings`.
  static func blanked(_ text: String, keepingStrings: Bool = false) -> String {
    var blanking = CodeBlanking(text, keepingStrings)
    while blanking.position < blanking.bytes.count { blanking.step() }
    return String(decoding: blanking.output, as: UTF8.self)
  }

  private init(_ text: String, _ keepingStrings: Bool) {
    bytes = Array(text.utf8)
    output = bytes
    keepsStrings = keepingStrings
  }

  private mutating func step() {
    if starts("//") {
      while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { blank(1) }
    } else if starts("/*") {
      blockComment()
    } else if starts("`") {
      rawIdentifier()
    } else if let hashes = openingQuote() {
      string(hashes)
    } else {
      position += 1
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        blank(2)
      } else if starts("*/") {
        depth -= 1
        blank(2)
      } else {
        blank(1)
      }
    } while depth > 0 && position < bytes.count
  }

  private mutating func rawIdentifier() {
    repeat { blank(1) } while position < bytes.count && !starts("`") && !starts("\n")
    blank(1)
  }

  private mutating func string(_ hashes: Int) {
    let fence = String(repeating: "#", count: hashes)
    skip(hashes)
    let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
    skip(quotes.utf8.count)
    while position < bytes.count, !starts(quotes + fence) {
      if starts("\\" + fence + "(") {
        interpolation(hashes + 2)
      } else if hashes == 0, starts("\\") {
        skip(2)
      } else if quotes == "\"", starts("\n") {
        return
      } else {
        skip(1)
      }
    }
    skip(quotes.utf8.count + hashes)
  }

  private mutating func interpolation(_ opening: Int) {
    skip(opening)
    var depth = 1
    while depth > 0, position < bytes.count {
      if let hashes = openingQuote() {
        string(hashes)
        continue
      }
      if starts("(") { depth += 1 }
      if starts(")") { depth -= 1 }
      skip(1)
    }
  }

  /// The number of `#` before a quotation mark at this place; nil where no string begins.
  private func openingQuote() -> Int? {
    var end = position
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
    return end - position
  }

  private func starts(_ word: String) -> Bool {
    bytes[position...].starts(with: word.utf8)
  }

  private mutating func skip(_ count: Int) {
    if keepsStrings { position += count } else { blank(count) }
  }

  private mutating func blank(_ count: Int) {
    for _ in 0..<count where position < bytes.count {
      if bytes[position] != UInt8(ascii: "\n") { output[position] = UInt8(ascii: " ") }
      position += 1
    }
  }
}

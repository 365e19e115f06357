/// One Swift source: where it stands, and what of its code the rules look at.
struct SourceFile {
  struct Import: Equatable {
    var module: String
    var line: Int
  }

  var path: String
  private var lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    let code = CodeBlanking.blanked(text)
    lines = code.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The floor by the folder; nil in tests and outside the floors.
  var floor: Floor? {
    let parts = path.split(separator: "/")
    guard parts.count > 3, parts[0] == "Sources" else { return nil }
    return Floor.allCases.first { $0.folder == parts[1] }
  }

  /// The target by the folder: `Sources/<floor>/<module>/…`, `Tests/<floor>/<module>Tests/…` or
  /// `Tests/<module>Tests/…`.
  var module: String {
    let parts = path.split(separator: "/")
    guard parts.count > 2 else { return "" }
    return String(parts[1].hasSuffix("Tests") ? parts[1] : parts[2])
  }

  /// The numbers of the lines whose code has `word` in it.
  func lines(containing word: String) -> [Int] {
    lines.indices.filter { lines[$0].contains(word) }.map { $0 + 1 }
  }

  /// The numbers of the lines with `any P`.
  var linesWithExistential: [Int] {
    lines.indices.filter { lines[$0].contains(#/(^|[^A-Za-z0-9_.])any\s+[A-Z_~(]/#) }.map { $0 + 1 }
  }

  /// Every import, also `@testable import M`, `public import M`, `import struct M.Type`.
  var imports: [Import] {
    var found: [Import] = []
    for index in lines.indices where lines[index].contains("import") {
      for statement in lines[index].split(separator: ";") {
        guard let module = Self.imported(statement) else { continue }
        found.append(Import(module: module, line: index + 1))
      }
    }
    return found
  }

  private static func imported(_ statement: Substring) -> String? {
    let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
    let access = ["public", "package", "internal", "fileprivate", "private"]
    var words = statement.split(whereSeparator: \.isWhitespace)[...]
    while let first = words.first, first.hasPrefix("@") || access.contains(String(first)) {
      words = words.dropFirst()
    }
    guard words.first == "import" else { return nil }
    words = words.dropFirst()
    if let kind = words.first, kinds.contains(String(kind)) { words = words.dropFirst() }
    return words.first?.split(separator: ".").first.map(String.init)
  }
}

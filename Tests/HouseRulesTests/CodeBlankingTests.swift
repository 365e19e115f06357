import Testing

@Suite struct CodeBlankingTests {
  @Test(arguments: [
    ("a // any\nb", ["a", "b"]),
    ("a /* /* any */ */ b", ["a", "b"]),
    (#"a "any \"x\"" b"#, ["a", "b"]),
    (#"a "\(f("any") + g())" b"#, ["a", "b"]),
    (##"a #"any "x" \(y)"# b"##, ["a", "b"]),
    ("a \"\"\"\n#if\n\"\"\" b", ["a", "b"]),
    ("func `any Thing goes`() {}", ["func", "()", "{}"]),
    ("a \"never closed\nb", ["a", "b"]),
    ("#if x // y", ["#if", "x"]),
  ])
  func `comments and strings become spaces`(_ source: String, _ words: [String]) {
    let blanked = CodeBlanking.blanked(source)
    #expect(blanked.split(whereSeparator: \.isWhitespace).map(String.init) == words)
    #expect(blanked.utf8.count == source.utf8.count)
    #expect(blanked.filter(\.isNewline) == source.filter(\.isNewline))
  }

  @Test func `a manifest keeps its strings`() {
    let blanked = CodeBlanking.blanked("f(\"a//b\") // c", keepingStrings: true)
    #expect(blanked == "f(\"a//b\")     ")
  }
}

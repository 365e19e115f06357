import Testing

@testable import AccessFiles

@Suite struct PasswordLinesTests {
  private let hash = PasswordHash(
    method: .pbkdf2(rounds: 7), salt: [1, 2, 3, 4], digest: [UInt8](repeating: 9, count: 64))

  @Test func changingAUserLeavesTheOtherLines() throws {
    var lines = PasswordLines(Array("# who\nann:x\nbob:y".utf8))
    lines.set(hash, for: Array("ann".utf8))
    #expect(lines.content == Array("# who\nann:\(hash.text)\nbob:y\n".utf8))
    #expect(try lines.plain().map { $0.user } == [Array("bob".utf8)])
    let (first, second) = (lines.remove(Array("bob".utf8)), lines.remove(Array("bob".utf8)))
    #expect(first && !second)
  }

  @Test func aLineWithoutAColonIsNamedAndNotLost() {
    let lines = PasswordLines(Array("# who\n\r\n\nann:x\nbob\n".utf8))
    let error = #expect(throws: AccessFileError.self) { try lines.plain() }
    #expect(error?.description == "line 5: there is no user before a colon")
  }

  @Test func aHashIsReadAsItWasWritten() throws {
    let list = try PasswordList(text: "ann:\(hash.text)")
    #expect(list.hash(of: Array("ann".utf8)) == hash)
    #expect(hash.text.hasPrefix("$7$7$AQIDBA==$"))
  }

  @Test(arguments: ["", "a:b", "a\nb", "#a", "a\u{7F}"])
  func aNameThatNoLineCanHoldIsRefused(name: String) {
    #expect(!PasswordLines.isName(Array(name.utf8)))
  }
}

import Testing

@testable import AccessFiles

@Suite struct PasswordLinesTests {
  private let hash = PasswordHash(
    method: .pbkdf2(rounds: 7), salt: [1, 2, 3, 4], digest: [UInt8](repeating: 9, count: 64))

  @Test func changingAUserLeavesTheOtherLines() {
    var lines = PasswordLines(Array("# who\nann:x\nbob:y".utf8))
    lines.set(hash, for: Array("ann".utf8))
    #expect(lines.content == Array("# who\nann:\(hash.text)\nbob:y\n".utf8))
    #expect(lines.plain.map { $0.user } == [Array("bob".utf8)])
    let (first, second) = (lines.remove(Array("bob".utf8)), lines.remove(Array("bob".utf8)))
    #expect(first && !second)
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

import Testing

@testable import CommandKit

@Suite struct OptionLineTests {
  @Test func `comments and empty lines are left out and lines keep their numbers`() {
    let lines = OptionLine.lines(of: "# one\n\n -a  b \r\n--c", called: "file")
    #expect(
      lines == [
        OptionLine(place: "file:3", text: "-a  b"), OptionLine(place: "file:4", text: "--c"),
      ])
  }

  @Test func `the command line comes after the file`() throws {
    let text = CommandOption("-t", value: .text("TEXT"), summary: "")
    let pair = CommandOption(
      "-d", value: .words(["ONE", "TWO"], lastOnlyAfter: "user-property"), summary: "")
    let command = Command(
      "x", summary: "", groups: [OptionGroup("", [text, pair])],
      optionLines: { (_) throws(UsageError) in
        OptionLine.lines(of: "-t a  b\n-d user-property two", called: "file")
      }
    ) { (_, _) throws(UsageError) in 0 }
    let arguments = try command.parseWithFile(["-t", "c"])
    #expect(arguments.values(text) == ["a  b", "c"])
    #expect(arguments.words(pair) == [["user-property", "two"]])
  }

  @Test func `lines are options alone, where the command line has other words, too`() throws {
    let flag = CommandOption("-a", summary: "")
    func command(_ text: String) -> Command {
      Command(
        "x", summary: "", groups: [OptionGroup("", [flag])], operands: [Operand("FILE")],
        optionLines: { (_) throws(UsageError) in OptionLine.lines(of: text, called: "file") }
      ) { (_, _) throws(UsageError) in 0 }
    }
    #expect(try command("-a").parseWithFile(["f"]).operands == ["f"])
    #expect(throws: UsageError("file:1: Unknown option 'word'.")) {
      try command("word").parseWithFile(["f"])
    }
    #expect(throws: UsageError("FILE is missing.")) { try command("-a").parseWithFile([]) }
  }

  @Test func `a wrong line is named`() throws {
    let command = Command(
      "x", summary: "", groups: [],
      optionLines: { (_) throws(UsageError) in OptionLine.lines(of: "\n-z", called: "file") }
    ) { (_, _) throws(UsageError) in 0 }
    #expect(throws: UsageError("file:2: Unknown option '-z'.")) { try command.parseWithFile([]) }
  }
}

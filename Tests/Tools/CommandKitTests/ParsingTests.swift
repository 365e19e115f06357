import CommandKit
import Testing

@Suite struct ParsingTests {
  private func parse(_ line: String, _ command: Command = Sample.publish) throws -> Arguments {
    try command.parse(line.split(separator: " ").map(String.init))
  }

  private func fault(_ line: String, _ command: Command = Sample.publish) -> String {
    do throws(UsageError) {
      _ = try command.parse(line.split(separator: " ").map(String.init))
      return "accepted"
    } catch { return error.message }
  }

  @Test func `short and long names mean the same`() throws {
    let arguments = try parse("-h one --port 1 --host two -d")
    #expect(arguments.value(Sample.host) == "two")
    #expect(arguments.integer(Sample.port) == 1)
    #expect(arguments.count(Sample.debug) == 1 && !arguments.has(Sample.topic))
  }

  @Test func `a value may begin with a minus`() throws {
    let arguments = try parse("-m -5 -t --topic")
    #expect(arguments.value(Sample.message) == "-5" && arguments.value(Sample.topic) == "--topic")
  }

  @Test func `an empty value is a value`() throws {
    let arguments = try Sample.publish.parse(["-m", "", "-h", ""])
    #expect(arguments.value(Sample.message) == "" && arguments.value(Sample.host) == "")
  }

  @Test func `options repeat in order`() throws {
    let arguments = try parse("-t a -t b --topic c -d -d")
    #expect(arguments.values(Sample.topic) == ["a", "b", "c"])
    #expect(arguments.count(Sample.debug) == 2)
  }

  @Test func `a property takes three words or four`() throws {
    let arguments = try parse("-D connect receive-maximum 5 -D publish user-property k v -d")
    #expect(
      arguments.words(Sample.property) == [
        ["connect", "receive-maximum", "5"], ["publish", "user-property", "k", "v"],
      ])
    #expect(arguments.has(Sample.debug))
  }

  @Test func `a time may have a fraction`() throws {
    #expect(try parse("-W 0.5").decimal(Sample.timeout) == 0.5)
  }

  @Test(arguments: [
    ("--foo", "Unknown option '--foo'."), ("foo", "Unknown option 'foo'."),
    ("-p1883", "Unknown option '-p1883'."), ("-h", "-h argument given but no host specified."),
    ("--host", "--host argument given but no host specified."),
    ("-p 0", "Invalid port given: 0. Expected: a number from 1 to 65535."),
    ("-p x", "Invalid port given: x. Expected: a number from 1 to 65535."),
    ("-p -1", "Invalid port given: -1. Expected: a number from 1 to 65535."),
    ("-p 99999999999999999999", "Invalid port given: 99999999999999999999."),
    ("-V 4", "Invalid version given: 4. Expected: 311, mqttv311."),
    ("-W -1", "Invalid seconds given: -1. Expected: a number."),
    ("-W nan", "Invalid seconds given: nan. Expected: a number."),
    ("-D publish user-property k", "-D argument given but no value specified."),
    ("-D publish", "-D argument given but no property specified."),
  ])
  func `a wrong word is named`(_ line: String, _ message: String) {
    #expect(fault(line).hasPrefix(message))
  }

  @Test func `operands are counted`() throws {
    #expect(try parse("file -d user", Sample.password).operands == ["file", "user"])
    #expect(try parse("file user -", Sample.password).operands == ["file", "user", "-"])
    #expect(try parse("-- -file -d", Sample.password).operands == ["-file", "-d"])
    #expect(fault("file", Sample.password) == "USER is missing.")
    #expect(fault("a b c d", Sample.password) == "Too many arguments.")
    #expect(fault("a b -x", Sample.password) == "Unknown option '-x'.")
  }

  @Test func `the words of another command may look like options`() throws {
    let command = Command(
      "x", summary: "", groups: [OptionGroup("", [Sample.debug])],
      operands: [Operand("A"), Operand("B"), Operand("C", .rest)]
    ) { (_, _) throws(UsageError) in 0 }
    let arguments = try parse("-d one -d two -d -x", command)
    #expect(arguments.operands == ["one", "two", "-d", "-x"])
    #expect(arguments.count(Sample.debug) == 2)
    #expect(try parse("one two", command).operands == ["one", "two"])
    #expect(fault("one", command) == "B is missing.")
    #expect(fault("-x one two", command) == "Unknown option '-x'.")
  }
}

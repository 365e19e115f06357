import Glibc
import Testing

@testable import CommandKit

@Suite struct ProgramTests {
  /// Runs the sample program; gives status, standard output and the complaint.
  private func run(_ words: String...) throws -> (status: Int32, output: String, error: String) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    var error = ""
    var output = StandardOutput(descriptor: ends[1])
    let status = Sample.program.run(words, &output) { error += $0 }
    output.flush()
    close(ends[1])
    var bytes = [UInt8](repeating: 0, count: 60_000)
    let count = read(ends[0], &bytes, bytes.count)
    return (status, String(decoding: bytes[..<max(0, count)], as: UTF8.self), error)
  }

  @Test func `a command runs and gives its status`() throws {
    let result = try run("martlet", "pub", "-t", "a/b")
    #expect(result.status == 7 && result.output == "a/b\n" && result.error == "")
  }

  @Test func `a command is found by the executable's name`() throws {
    let result = try run("/usr/bin/mosquitto_pub", "-t", "a")
    #expect(result.status == 7 && result.output == "a\n")
    let wrong = try run("/usr/bin/mosquitto_pub", "-x")
    #expect(wrong.error == "Error: Unknown option '-x'. Use 'mosquitto_pub --help' to see usage.")
  }

  @Test func `a usage error is one line and the command's status`() throws {
    let option = try run("martlet", "pub", "--foo")
    #expect(option.status == 1 && option.output == "")
    #expect(option.error == "Error: Unknown option '--foo'. Use 'martlet pub --help' to see usage.")
    let thrown = try run("martlet", "pub")
    #expect(thrown.error == "Error: No topic given. Use 'martlet pub --help' to see usage.")
    let other = try run("martlet", "passwd")
    #expect(other.status == 3)
  }

  @Test func `an unknown command is named`() throws {
    let result = try run("martlet", "fly")
    #expect(result.status == 1)
    #expect(result.error == "Error: Unknown command 'fly'. Use 'martlet --help' to see usage.")
    #expect(try run("martlet").error.contains("Commands:"))
  }

  @Test func `help shows the table by groups`() throws {
    let result = try run("martlet", "pub", "-t", "a", "--help", "--nonsense")
    #expect(result.status == 0)
    #expect(
      result.output.hasPrefix(
        """
        martlet pub: publish a message
        Usage: martlet pub [options]

        Connection:
          -h, --host HOST           The broker's host; localhost by default.
          -p, --port PORT           The broker's port.
          -V, --protocol-version VERSION
                                    The protocol's version.
          -D, --property COMMAND PROPERTY VALUE [VALUE]
                                    A property.

        Message:
        """))
    #expect(try run("martlet", "help", "pub").output == result.output)
    #expect(try run("martlet", "passwd", "--help").output.contains("FILE USER [PASSWORD]\n"))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count < 80 })
  }

  @Test func `the program tells its version and its commands`() throws {
    #expect(try run("martlet", "--version").output == "martlet version 1.2.3\n")
    #expect(try run("martlet", "--help").output.contains("  passwd  keep a password file\n"))
  }

  @Test func `the manual page holds every row of the table`() throws {
    let page = try run("martlet", "manual", "pub").output
    #expect(page.hasPrefix(".TH MARTLET\\-PUB 1 \"\" \"martlet 1.2.3\"\n.SH NAME\n"))
    #expect(page.contains(".TP\n.B \\-p, \\-\\-port PORT\nThe broker's port.\n"))
    #expect(page.contains(".PP\n\\&.And ends.\n") && page.contains("\n\\&.The payload's file.\n"))
    #expect(page.contains(".SH EXIT STATUS\n.TP\n.B 27\ntimed out\n"))
    #expect(try run("martlet", "manual").output.contains("martlet\\-passwd"))
  }

  @Test func `a file has a manual page too`() throws {
    let page = try run("martlet", "manual", "martlet.conf").output
    #expect(page.hasPrefix(".TH MARTLET.CONF 5 \"\" \"martlet 1.2.3\"\n.SH NAME\n"))
    #expect(page.contains(".SH OPTIONS\n.TP\n.B log_dest WORD\nWhere lines go.\n"))
    #expect(try run("martlet", "manual").output.hasSuffix(".SH SEE ALSO\n.BR martlet.conf (5)\n"))
  }

  @Test func `the completion knows commands, options, words and files`() throws {
    let script = try run("martlet", "completion").output
    #expect(script.contains(#"compgen -W "pub passwd help manual completion""#))
    #expect(script.contains("'pub -V' | 'pub --protocol-version')"))
    #expect(script.contains("'pub -f') COMPREPLY=($(compgen -f"))
    #expect(script.contains("    mosquitto_pub) command=pub first=1 ;;\n"))
    #expect(script.contains("complete -F _martlet martlet mosquitto_pub\n"))
  }

  @Test func `output reaches its reader when the buffer is full and at a flush`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    try #require(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    var bytes = [UInt8](repeating: 0, count: 100)
    var output = StandardOutput(descriptor: ends[1], capacity: 8)
    output.write("short")
    #expect(read(ends[0], &bytes, 100) < 0)
    output.write([1, 2, 3].span)
    #expect(read(ends[0], &bytes, 100) == 8)
    output.write("end")
    output.flush()
    #expect(read(ends[0], &bytes, 100) == 3)
    let size = output.terminalSize == nil
    #expect(size)
  }

  @Test func `output that cannot be written is told`() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var output = StandardOutput(descriptor: descriptor)
    output.write(line: "into the void")
    let before = output.isBroken
    output.flush()
    let after = output.isBroken
    #expect(!before && after)
  }
}

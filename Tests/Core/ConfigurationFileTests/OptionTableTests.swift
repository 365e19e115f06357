import ConfigurationFile
import Glibc
import Testing

/// `docs/Options.md`, made from the table that the options are read with.
private struct OptionTable {
  private static let head = """
    # Options

    All options of a configuration file, made by `make options` from the table that the reader itself
    uses. One option to a line: the name, a space, the value; a line that begins with `#` is a
    comment. Mosquitto's names mean what they mean there. What Mosquitto knows and Martlet does not
    is refused by name.

    *Place* says after which line an option must stand; without one it holds for the whole daemon.
    *Again* says whether SIGHUP is enough for a change; others need a restart.
    *Counter* is the topic below `$SYS/broker/` that counts what the option has kept from happening.
    """

  static var text: String {
    var lines = [head, "", "| Option | Place | Value | Default | Again | Meaning | Counter |"]
    lines.append("|---|---|---|---|---|---|---|")
    lines += Configuration.options.map(line)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ row: OptionRow) -> String {
    let cells = [
      "`\(row.name)`", row.place == .anywhere ? "" : row.place.rawValue, row.value, row.initial,
      row.isReadAgain ? "yes" : "", row.meaning, row.counter.map { "`\($0)`" } ?? "",
    ]
    return "|" + cells.map { $0.isEmpty ? " |" : " \(escaped($0)) |" }.joined()
  }

  /// A bar would end the cell.
  private static func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}

@Suite struct OptionTableTests {
  private let path =
    #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
    + "/docs/Options.md"

  @Test func `docs Options md has every option as the reader has it`() {
    if getenv("MARTLET_MAKES_DOCS") != nil { write(OptionTable.text) }
    #expect(read() == OptionTable.text, "run `make options`")
  }

  @Test func `every option is told of once`() {
    let names = Configuration.options.map(\.name)
    #expect(Set(names).count == names.count)
    for row in Configuration.options {
      #expect(row.meaning.hasSuffix(".") && !row.value.isEmpty, "\(row.name)")
    }
  }

  @Test func `every default is a value that the option takes`() throws {
    let before = try Configuration(text: "listener 1\nserial x\nconnection x", file: "c")
    for row in Configuration.options where row.value.hasPrefix("a number from") {
      guard !row.initial.isEmpty, row.name != "port" else { continue }
      let text = "listener 1\nserial x\nconnection x\n\(row.name) \(row.initial)"
      #expect(try Configuration(text: text, file: "c") == before, "\(row.name)")
    }
  }

  private func read() -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 {
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(_ text: String) {
    guard let file = fopen(path, "w") else { return }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    fwrite(bytes, 1, bytes.count, file)
  }
}

/// What `martlet top` knows of the gateway, from its retained status messages.
struct NodeTable {
  /// Where the gateway publishes what it knows.
  static let filter = "$SYS/broker/gateway/#"
  /// More nodes than this are not kept.
  private static let nodeLimit = 10_000

  /// One node.
  struct Row: Equatable {
    var state = "", link = "", reading = ""
    var heard: Int64 = 0
    var messages = "0", retransmissions = "0"
  }

  private(set) var nodes: [String: Row] = [:]
  private(set) var lines = LineTable()
  /// The nodes that have changed since the last look.
  private(set) var changed: Set<String> = []

  /// Takes one status message in: `$SYS/broker/gateway/KIND/NAME/FIELD`.
  mutating func take(topic: String, value: String) {
    let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard levels.count == 6 else { return }
    let (name, field) = (levels[4], levels[5])
    switch levels[3] {
    case "lines": lines.take(name, field, value)
    case "nodes": takeNode(name, field, value)
    default: break
    }
  }

  private mutating func takeNode(_ name: String, _ field: String, _ value: String) {
    guard nodes[name] != nil || nodes.count < Self.nodeLimit else { return }
    if field == "state", value.isEmpty {
      nodes[name] = nil
      return
    }
    var row = nodes[name] ?? Row()
    switch field {
    case "state": row.state = value
    case "link": row.link = value
    case "reading": row.reading = value
    case "heard": row.heard = Int64(value) ?? row.heard
    case "messages": row.messages = value
    case "retransmissions": row.retransmissions = value
    default: return
    }
    nodes[name] = row
    changed.insert(name)
  }

  /// Forgets which nodes and lines have changed.
  mutating func settle() {
    changed = []
    lines.settle()
  }

  private static let widths = [20, 24, 12, 10, 6, 9, 7]
  private static let titles = ["NODE", "LINK", "STATE", "READING", "AGE", "MESSAGES", "RETRANS"]

  /// The head of the table.
  var head: String { Self.line(Self.titles) }

  /// One node as a line; `now` in seconds since 1970.
  func line(_ name: String, now: Int64) -> String {
    let row = nodes[name] ?? Row()
    let age = row.heard == 0 ? "" : "\(max(now - row.heard, 0)) s"
    return Self.line([
      name, row.link, row.state, row.reading, age, row.messages, row.retransmissions,
    ])
  }

  /// The whole table in `height` lines: the broker's address with a summary, lines and nodes by name.
  func page(of address: String, height: Int, now: Int64) -> [String] {
    let active = nodes.values.filter { $0.state == "active" }.count
    let asleep = nodes.values.filter { ["asleep", "awake", "late"].contains($0.state) }.count
    let late = nodes.values.filter { $0.state == "late" }.count
    let title =
      "MQTT at \(address): \(active) of \(nodes.count) nodes active, \(asleep) asleep, \(late) late, "
      + "\(lines.open) of \(lines.lines.count) lines open"
    let top = [title, ""] + (height < 16 ? [] : lines.page()) + [head]
    let names = nodes.keys.sorted().prefix(max(height - top.count - 1, 1))
    return top + names.map { line($0, now: now) }
  }

  private static func line(_ cells: [String]) -> String { row(cells, widths: widths) }

  /// Cells in columns of these widths, cut where they are longer.
  static func row(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      let text = String(String.UnicodeScalarView(cell.unicodeScalars.prefix(width).map(visible)))
      line += text + String(repeating: " ", count: width - text.unicodeScalars.count + 1)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// What nodes send is not to steer the terminal.
  private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) ? scalar : "?"
  }
}

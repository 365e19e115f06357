/// What `martlet top` knows of the gateway's lines.
struct LineTable {
  /// More lines than this are not kept.
  private static let lineLimit = 1000
  /// More than this do not stand above the nodes.
  private static let pageLimit = 8

  /// The columns after the name: the field of the status message, title, width.
  private static let columns: [(field: String, title: String, width: Int)] = [
    ("state", "STATE", 8), ("received", "RECEIVED", 10), ("sent", "SENT", 10),
    ("dropped", "DROPPED", 8), ("errors", "ERRORS", 8), ("resyncs", "RESYNCS", 8),
    ("overruns", "OVERRUNS", 8), ("reopened", "REOPENED", 8),
  ]

  private(set) var lines: [String: [String: String]] = [:]
  /// The lines that have changed since the last look.
  private(set) var changed: Set<String> = []

  /// Takes one field of a line in; a line whose state is empty is gone.
  mutating func take(_ name: String, _ field: String, _ value: String) {
    if field == "state", value.isEmpty {
      lines[name] = nil
      return
    }
    guard lines[name] != nil || lines.count < Self.lineLimit,
      Self.columns.contains(where: { $0.field == field })
    else { return }
    lines[name, default: [:]][field] = value
    changed.insert(name)
  }

  /// Forgets which lines have changed.
  mutating func settle() { changed = [] }

  /// How many lines are open, of all.
  var open: Int { lines.values.count { $0["state"] == "open" } }

  /// The head of the table.
  static var head: String { row("LINE", columns.map(\.title)) }

  /// One line as a row.
  func row(_ name: String) -> String {
    Self.row(name, Self.columns.map { lines[name]?[$0.field] ?? "" })
  }

  /// Head and rows by name, and an empty row; nothing without lines.
  func page() -> [String] {
    guard !lines.isEmpty else { return [] }
    return [Self.head] + lines.keys.sorted().prefix(Self.pageLimit).map(row) + [""]
  }

  private static func row(_ name: String, _ cells: [String]) -> String {
    NodeTable.row([name] + cells, widths: [32] + columns.map(\.width))
  }
}

import Datagrams

/// The serial ports of a machine as text.
enum PortList {
  private static let titles = ["PATH", "USB", "SERIAL NUMBER", "MAKER", "PRODUCT", "STABLE NAMES"]

  /// One line for each port under a head, in columns as wide as they need to be.
  static func text(of ports: [SerialPorts.Entry]) -> String {
    guard !ports.isEmpty else { return "No serial ports found.\n" }
    let rows = [titles] + ports.map(cells)
    let widths = titles.indices.map { column in
      rows.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return rows.map { line($0, widths) + "\n" }.joined()
  }

  private static func cells(_ port: SerialPorts.Entry) -> [String] {
    let product = port.product.isEmpty ? port.description : port.product
    return [
      port.path, port.usb?.description ?? "-", port.serialNumber, port.manufacturer, product,
      port.links.joined(separator: " "),
    ].map { $0.isEmpty ? "-" : printable($0) }
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: width - cell.unicodeScalars.count + 2)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// What an adapter calls itself is not to steer the terminal.
  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) ? $0 : "?"
        }))
  }
}

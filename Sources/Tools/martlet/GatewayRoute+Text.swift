import ClientIO
import SerialFraming

extension GatewayRoute.Way {
  /// The rate of a serial line where none is given.
  static var usualBaud: Int { 115_200 }

  /// Reads `udp://HOST:PORT`, an IPv6 address in brackets, or `serial:PATH[,BAUD]`; nil for anything
  /// else. `baud` is the rate where the text has none.
  init?(_ text: String, baud: Int = usualBaud, format: LineFormat) {
    if text.hasPrefix("udp://") {
      self.init(hostAndPort: text.dropFirst(6))
    } else if text.hasPrefix("serial:") {
      self.init(line: text.dropFirst(7), baud, format)
    } else {
      return nil
    }
  }

  /// Whether it is a serial line.
  var isSerial: Bool {
    if case .serial = self { true } else { false }
  }

  private init?(hostAndPort text: Substring) {
    guard let place = NetworkPlace(text) else { return nil }
    self = .udp(host: place.host, port: place.port)
  }

  private init?(line text: Substring, _ usualBaud: Int, _ format: LineFormat) {
    var path = text
    var baud = usualBaud
    if let comma = text.lastIndex(of: ","), let rate = Int(text[text.index(after: comma)...]) {
      path = text[..<comma]
      baud = rate
    }
    guard !path.isEmpty, (1...4_000_000).contains(baud) else { return nil }
    self = .serial(path: String(path), baud: baud, format: format)
  }
}

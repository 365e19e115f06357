import CommandKit
import Datagrams
import MQTTTerms
import Reactor
import SerialFraming

/// Listens on a port at one rate after the other until something is recognised.
struct Probing: ~Copyable {
  /// Martlet's own, that of mqtt-sn-tools, that of Paho's gateway, and others.
  static let usualRates = [115_200, 9600, 38_400, 57_600, 19_200, 230_400]

  private let rates: [Int]
  private let seconds: Int
  private var line: SerialLine
  private var reactor: Reactor

  /// Opens the port at `path`, to listen for `seconds` at each rate.
  init(_ path: String, rates: [Int], seconds: Int) throws(SystemError) {
    let line = try SerialLine(path: path, baud: rates.first ?? 115_200)
    var reactor = try Reactor()
    try reactor.add(line.number, token: 0, interest: .readable)
    self.rates = rates
    self.seconds = seconds
    self.line = consume line
    self.reactor = consume reactor
  }

  /// Tells what was heard at each rate, and whether anything was recognised.
  mutating func run(_ output: inout StandardOutput) throws(SystemError) -> Bool {
    for rate in rates {
      // The port stays open: many boards restart when theirs is opened.
      if rate != rates.first { try line.change(baud: rate) }
      let probe = try listen()
      output.write(line: "\(rate) baud: \(probe.summary)")
      output.flush()
      if probe.verdict != .unknown {
        output.write(probe.advice(path: line.path, rate: rate))
        return true
      }
    }
    return false
  }

  private mutating func listen() throws(SystemError) -> LineProbe {
    var probe = LineProbe()
    let end = MonotonicClock.now() + UInt64(seconds) * 1000
    while !probe.isSure {
      let now = MonotonicClock.now()
      guard now < end else { break }
      try reactor.wait(timeoutMilliseconds: Int(end - now))
      if reactor.eventCount > 0 { try receive(&probe) }
    }
    return probe
  }

  private mutating func receive(_ probe: inout LineProbe) throws(SystemError) {
    switch line.receive() {
    case .bytes:
      let now = UInt32(truncatingIfNeeded: MonotonicClock.now())
      probe.take(line.received, at: TickTime(milliseconds: now))
    case .wouldBlock: break
    case .closed: throw SystemError("read \(line.path)", reason: "The other side has hung up")
    case .failed(let code): throw SystemError("read \(line.path)", code: code)
    }
  }
}

extension LineProbe {
  /// What was heard, in one line.
  var summary: String {
    guard octetCount > 0 else { return "nothing heard" }
    let heard = "\(octetCount) octets"
    guard verdict != .unknown else { return "\(heard), no frames with MQTT-SN" }
    return "\(heard), \(messageCount) messages in \(name)"
  }

  /// What to write into the configuration.
  func advice(path: String, rate: Int) -> String {
    var lines = ["", "serial \(path)", "serial_baud \(rate)", "serial_framing \(option)"]
    switch verdict {
    case .format(.xbee1): lines.append("serial_xbee_mode 1")
    case .format(.xbee2): lines.append("serial_xbee_mode 2")
    case .xbee: lines.append("# serial_xbee_mode as the radio is set (AP)")
    case .format, .unknown: break
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var name: String {
    switch verdict {
    case .format(.xbee1): "xbee, mode 1"
    case .format(.xbee2): "xbee, mode 2"
    case .xbee: "xbee, mode 1 or 2"
    case .format, .unknown: option
    }
  }

  private var option: String {
    switch verdict {
    case .format(.hdlc): "hdlc"
    case .format(.raw): "raw"
    case .format(.xbee1), .format(.xbee2), .xbee: "xbee"
    case .unknown: "unknown"
    }
  }
}

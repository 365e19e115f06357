import CommandKit
import Datagrams
import Reactor

private let baudOption = CommandOption(
  "--baud", value: .integer("RATE", 50...4_000_000),
  summary: "Listen at RATE only; without it at 115200, 9600, 38400, 57600, 19200 and 230400.")
private let secondsOption = CommandOption(
  "--seconds", value: .integer("N", 1...3600),
  summary: "Listen for up to N seconds at each rate (3 unless said).")

/// `martlet serial`: what there is of serial ports, and what is spoken on one.
let serialCommand = Command(
  "serial", summary: "List serial ports, or tell what is spoken on one",
  about: [
    "list prints the serial ports of this machine: path, USB vendor and product number, serial "
      + "number, maker, product, and the names that stay the same over plugging and restarts.",
    "probe PATH listens on a port and tells whether frames with MQTT-SN arrive, in which framing "
      + "(hdlc, raw, xbee in mode 1 or 2) and at which rate. It sends nothing, so something has "
      + "to be sent to it meanwhile; the port must not be in use.",
  ],
  groups: [OptionGroup("Options of probe", [baudOption, secondsOption])],
  operands: [Operand("list|probe"), Operand("PATH", .atMostOne)],
  statuses: [
    ExitStatus(0, "The ports were listed, or frames were recognised."),
    ExitStatus(
      1, "A wrong option, a port that cannot be had, or nothing that could be recognised."),
  ]
) { (arguments, output) throws(UsageError) in
  let request = try SerialRequest(arguments)
  do throws(SystemError) {
    switch request {
    case .list:
      output.write(PortList.text(of: try SerialPorts.list()))
      return 0
    case .probe(let path, let rates, let seconds):
      var probing = try Probing(path, rates: rates, seconds: seconds)
      return try probing.run(&output) ? 0 : 1
    }
  } catch {
    StandardError.write(line: "Error: \(error)")
    return 1
  }
}

/// What the command line asks for.
private enum SerialRequest {
  case list
  case probe(path: String, rates: [Int], seconds: Int)

  init(_ arguments: Arguments) throws(UsageError) {
    let words = arguments.operands
    switch words.first {
    case "list":
      guard words.count == 1 else { throw UsageError("Too many arguments.") }
      self = .list
    case "probe":
      guard words.count == 2 else { throw UsageError("PATH is missing.") }
      let rates = arguments.integer(baudOption).map { [$0] }
      self = .probe(
        path: words[1], rates: rates ?? Probing.usualRates,
        seconds: arguments.integer(secondsOption) ?? 3)
    default: throw UsageError("Neither list nor probe: \(words.first ?? "").")
    }
  }
}

import ClientIO
import CommandKit
import FleetModel
import Reactor
import SerialFraming

private let nodesOption = CommandOption(
  "--nodes", value: .integer("N", 1...10_000), summary: "Simulate N nodes (10 unless said).")
private let secondsOption = CommandOption(
  "--seconds", value: .integer("S", 1...1_000_000_000),
  summary: "Publish for S seconds (10 unless said).")
private let viaOption = CommandOption(
  "--via", value: .text("WHERE"),
  summary: "The gateway: udp://HOST:PORT, or serial:PATH[,BAUD] for one node on a line.")
private let intervalOption = CommandOption(
  "--interval", value: .integer("MS", 1...86_400_000),
  summary: "Milliseconds between two readings of a node (1000 unless said).")
private let identifierOption = CommandOption(
  "--id", value: .text("PREFIX"),
  summary: "The nodes are called PREFIX-1, PREFIX-2, ... (fleet unless said).")
private let keepAliveOption = CommandOption(
  "--keepalive", value: .integer("S", 0...65_535), summary: "The keep alive in seconds (60).")
private let retryOption = CommandOption(
  "--retry-interval", value: .integer("MS", 1...3_600_000),
  summary: "Milliseconds until an unanswered request is repeated (10000).")
private let seedOption = CommandOption(
  "--seed", value: .integer("N", 0...Int.max),
  summary: "Where the random numbers start: the same seed, the same fleet.")
private let baudOption = CommandOption(
  "--baud", value: .integer("RATE", 1...4_000_000), summary: "The rate of a serial line (115200).")
private let framingOption = CommandOption(
  "--framing", value: .choice("FORMAT", ["hdlc", "raw"]),
  summary: "How messages stand on a serial line (hdlc).")

/// `martlet fleet`: simulated sensor nodes over real sockets and lines.
let fleetCommand = Command(
  "fleet", summary: "Simulate MQTT-SN sensor nodes",
  about: [
    "Each node connects, registers sensors/PREFIX-N/temperature and publishes a reading at QoS 1 "
      + "each interval. What was sent, acknowledged and lost is printed every 5 seconds and at "
      + "the end. SIGINT and SIGTERM end it early."
  ],
  groups: [
    OptionGroup(
      "Options",
      [
        nodesOption, secondsOption, viaOption, intervalOption, identifierOption, keepAliveOption,
        retryOption, seedOption,
      ]),
    OptionGroup("Serial lines", [baudOption, framingOption]),
  ],
  statuses: [
    ExitStatus(0, "The fleet ran."),
    ExitStatus(
      1, "A wrong option, a socket or line that cannot be had, or no session for any node."),
  ]
) { (arguments, output) throws(UsageError) in
  let plan = try FleetPlan(arguments)
  do throws(SystemError) {
    var run = try FleetRun.start(plan)
    return try run.run(&output) ? 0 : 1
  } catch {
    StandardError.write(line: "Error: \(error)")
    return 1
  }
}

/// What the command line asks for.
struct FleetPlan {
  /// The way to the gateway.
  var way: GatewayRoute.Way
  var nodes: Int
  var seconds: UInt64
  var identifier: String
  var seed: UInt64
  var settings = FleetSettings()

  init(_ arguments: Arguments) throws(UsageError) {
    guard let via = arguments.value(viaOption) else { throw UsageError("--via is missing.") }
    let format: LineFormat = arguments.value(framingOption) == "raw" ? .raw : .hdlc
    let baud = arguments.integer(baudOption) ?? GatewayRoute.Way.usualBaud
    guard let way = GatewayRoute.Way(via, baud: baud, format: format) else {
      throw UsageError("--via \(via) is neither udp://HOST:PORT nor serial:PATH[,BAUD].")
    }
    self.way = way
    nodes = arguments.integer(nodesOption) ?? (way.isSerial ? 1 : 10)
    guard nodes == 1 || !way.isSerial else {
      throw UsageError("A serial line carries one node: --nodes \(nodes) needs udp://HOST:PORT.")
    }
    seconds = UInt64(arguments.integer(secondsOption) ?? 10)
    identifier = arguments.value(identifierOption) ?? "fleet"
    guard (1...58).contains(identifier.utf8.count) else {
      throw UsageError("--id takes 1 to 58 octets.")
    }
    seed = arguments.integer(seedOption).map { UInt64($0) } ?? .random(in: .min ... .max)
    settings.interval = UInt64(arguments.integer(intervalOption) ?? 1000)
    settings.keepAlive = UInt16(clamping: arguments.integer(keepAliveOption) ?? 60)
    settings.retryInterval = UInt32(clamping: arguments.integer(retryOption) ?? 10_000)
  }
}

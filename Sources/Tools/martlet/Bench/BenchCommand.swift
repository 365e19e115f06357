import CommandKit
import Reactor

let benchGatewayOption = CommandOption(
  "--gateway", value: .text("WHERE"), summary: "The gateway under load: udp://HOST:PORT.")
let benchBrokerOption = CommandOption(
  "--broker", value: .text("HOST:PORT"),
  summary: "Where the subscriber connects by MQTT (the gateway's host, port 1883).")
let benchPeerOption = CommandOption(
  "--peer", value: .choice("KIND", ["gateway", "echo"]),
  summary: "What is at --gateway: a gateway, or an echo that sends each datagram back (gateway).")
let benchEchoOption = CommandOption(
  "--echo", summary: "Be that echo, on 127.0.0.1 and --port, until a signal ends it.")
let benchPortOption = CommandOption(
  "--port", value: .integer("PORT", 0...65_535), summary: "The echo's UDP port (0: any free one).")
let benchNodesOption = CommandOption(
  "--nodes", value: .integer("N", 1...20_000), summary: "How many nodes publish (10).")
let benchWindowOption = CommandOption(
  "--window", value: .integer("W", 1...64),
  summary: "How many messages of a node may be under way (8).")
let benchQoSOption = CommandOption(
  "-q", "--qos", value: .integer("QOS", 0...1),
  summary: "The QoS of the nodes (0; 1 with --latency).")
let benchSubscriberOption = CommandOption(
  "--sub-qos", value: .integer("QOS", 0...1),
  summary: "The QoS of the subscription (that of the nodes).")
let benchPayloadOption = CommandOption(
  "--payload", value: .integer("OCTETS", 12...1024), summary: "The size of a payload (32).")
let benchSecondsOption = CommandOption(
  "--seconds", value: .decimal("S"), summary: "How long is measured, after a warm-up (5).")
let benchWarmUpOption = CommandOption(
  "--warmup", value: .decimal("S"),
  summary: "How long the load runs, or the nodes are there, before it is measured (0.5).")
let benchLatencyOption = CommandOption(
  "--latency",
  summary: "One node, one message of QoS 1 under way: how long PUBLISH to PUBACK takes.")
let benchConnectOption = CommandOption(
  "--connect-only", value: .integer("N", 1...20_000),
  summary: "Connect N nodes, publish nothing: the memory that they take.")
let benchPidOption = CommandOption(
  "--pid", value: .integer("PID", 1...Int(Int32.max)),
  summary: "A process under test: its processor time and memory. More than one are summed up.")

/// `martlet bench`: load, measured.
let benchCommand = Command(
  "bench", summary: "Measure an MQTT-SN gateway under load",
  about: [
    "martlet bench sn publishes from N nodes, each with a UDP port of its own, and subscribes to "
      + "what they publish by MQTT. The loop is closed: no node has more than W messages under way, "
      + "which means not yet at the subscriber or, at QoS 1, not yet acknowledged. Each payload has "
      + "a number, and every number has to arrive: a lost message ends the run with status 1. "
      + "Nothing is sent twice.",
    "A message is counted when the subscriber has it. The processor time of the process under test "
      + "(--pid) divided by the messages of the same interval is the figure that other load on the "
      + "machine disturbs least. The generator takes one thread and says how much of a core it "
      + "takes; near 100 % it is the limit of the rate, and the process under test sees smaller "
      + "batches than it could.",
    "The yardstick is martlet bench sn --echo: recvmmsg and sendmmsg of up to 64 datagrams and "
      + "nothing between them, not even a copy. Under the same nodes, sending the same datagrams "
      + "(--peer echo), a message is one datagram in and the same one out. A gateway does as much "
      + "for a message of QoS 0 as one datagram in and a share of a write to the subscriber's "
      + "connection; at QoS 1 a PUBACK and the subscriber's acknowledgement come on top. With "
      + "--latency the subscriber is there too, and the next message starts when both the PUBACK "
      + "and the delivery of the one before have come.",
  ],
  groups: [
    OptionGroup(
      "What is measured",
      [benchGatewayOption, benchBrokerOption, benchPeerOption, benchPidOption]),
    OptionGroup(
      "Load",
      [
        benchNodesOption, benchWindowOption, benchQoSOption, benchSubscriberOption,
        benchPayloadOption,
        benchSecondsOption, benchWarmUpOption, benchLatencyOption, benchConnectOption,
      ]),
    OptionGroup("The yardstick", [benchEchoOption, benchPortOption]),
  ],
  operands: [Operand("sn")],
  statuses: [
    ExitStatus(0, "Every message arrived."),
    ExitStatus(1, "A message was lost or refused, a wrong option, or nobody answers."),
  ]
) { (arguments, output) throws(UsageError) in
  guard arguments.operands == ["sn"] else {
    throw UsageError("'\(arguments.operands[0])' cannot be measured, only 'sn'.")
  }
  let plan = arguments.has(benchEchoOption) ? nil : try LoadPlan(arguments)
  do throws(BenchError) {
    if let plan { return try LoadRun.run(plan, &output) ? 0 : 1 }
    try EchoServer.serve(port: UInt16(arguments.integer(benchPortOption) ?? 0), &output)
    return 0
  } catch {
    StandardError.write(line: "Error: \(error)")
    return 1
  }
}

/// Why nothing could be measured, a sentence.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ words: String) { description = words }

  init(_ error: SystemError) { description = "\(error)." }
}

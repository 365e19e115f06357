import ClientIO
import CommandKit
import MQTTSNCodec
import Reactor

/// The options of `pub` alone.
enum PubOptions {
  static let topic = CommandOption(
    "-t", "--topic", value: .text("TOPIC"), summary: "Where to publish.")
  static let message = CommandOption(
    "-m", "--message", value: .text("MESSAGE"), summary: "Publish MESSAGE.")
  static let null = CommandOption("-n", "--null-message", summary: "Publish an empty message.")
  static let file = CommandOption(
    "-f", "--file", value: .file("FILE"), summary: "Publish what FILE holds.")
  static let input = CommandOption(
    "-s", "--stdin-file", summary: "Publish all of standard input as one message.")
  static let lines = CommandOption(
    "-l", "--stdin-line", summary: "Publish each line of standard input.")
  static let retain = CommandOption(
    "-r", "--retain", summary: "Let the broker retain the message.")
  static let qos = CommandOption(
    "-q", "--qos", value: .integer("QOS", -1...2),
    summary: "The quality of service: 0. Over MQTT-SN also -1: without a connection, never "
      + "acknowledged, with --predefined or a topic of two octets.",
    absence: "no QoS specified", refusal: "Invalid QoS given: @. Expected: 0, 1 or 2.")

  static let repetitions = CommandOption(
    "--repeat", value: .integer("COUNT", 1...Int.max),
    summary: "Publish the message COUNT times; not with -l.",
    refusal: "--repeat argument must be >0: @.")
  static let delay = CommandOption(
    "--repeat-delay", value: .decimal("SECONDS"),
    summary: "Wait SECONDS between the repetitions of --repeat.", absence: "no time specified",
    refusal: "--repeat-delay argument must be >=0.0: @.")

  /// What is wrong where there is nothing to publish, or nowhere.
  static let incomplete = UsageError(
    "Both topic and message must be supplied (-t and one of -m, -n, -f, -s, -l).")

  /// The ways to give one message, of `pub` and `rr`.
  static let kinds = [message, null, file, input]

  /// The rows of the usage.
  static let group = OptionGroup(
    "Message", [topic] + kinds + [lines, repetitions, delay, qos, retain])

  /// The milliseconds between repetitions.
  static func pause(_ arguments: Arguments) throws(UsageError) -> UInt64 {
    guard !arguments.has(lines) || !arguments.has(repetitions) else {
      throw UsageError("-l and --repeat exclude each other.")
    }
    // No more than some thirty years.
    return UInt64(min(arguments.decimal(delay) ?? 0, 1e9) * 1_000)
  }

  /// Throws where more than one of these options was given.
  static func checkKinds(
    _ arguments: Arguments, of kinds: [CommandOption]
  ) throws(UsageError) {
    guard kinds.map(arguments.count).reduce(0, +) <= 1 else {
      let names = kinds.map { $0.names[0] }
      throw UsageError(
        "Only one type of message can be sent at once: with \(names.joined(separator: ", ")).")
    }
  }
}

/// `martlet pub`: publishes.
let pubCommand = Command(
  "pub", aliases: ["mosquitto_pub"], summary: "Publish messages",
  about: [
    "Connects, publishes, waits for the broker's acknowledgements at quality of service 1 and 2, "
      + "and ends.",
    "With --sn it does the same as a node of MQTT-SN 1.2, by way of a gateway.",
  ],
  groups: [PubOptions.group] + ClientOptions.groups,
  statuses: ClientStatus.rows,
  optionLines: { (arguments) throws(UsageError) in
    try OptionFile.lines(arguments, of: "mosquitto_pub")
  }
) { (arguments, output) throws(UsageError) in
  let kinds = PubOptions.kinds + [PubOptions.lines]
  try PubOptions.checkKinds(arguments, of: kinds)
  guard kinds.contains(where: arguments.has) else { throw PubOptions.incomplete }
  if arguments.has(NodeOptions.gateway) { return try publishAsNode(arguments, &output) }
  try NodeOptions.checkAbsence(arguments)
  let options = try ClientOptions(arguments)
  guard let topic = arguments.value(PubOptions.topic) ?? options.url?.topic else {
    throw PubOptions.incomplete
  }
  let topicName = try ClientOptions.topicName(topic)
  let pause = try PubOptions.pause(arguments)
  return options.attempt { () throws(SystemError) in
    var stream = try ClientStream()
    stream.transport = options.transport
    var publisher = Publisher(
      options, topicName: topicName, isRetained: arguments.has(PubOptions.retain),
      source: try messageSource(arguments), pause: pause)
    return publisher.run(&stream, &output)
  }
}

private func publishAsNode(
  _ arguments: Arguments, _ output: inout StandardOutput
) throws(UsageError) -> Int32 {
  let options = try NodeOptions(arguments)
  let qos = publishQoS(arguments)
  let topic = try nodeTopic(arguments, options, qos)
  return options.attempt { () throws(SystemError) in
    var stream = try NodeStream(options.settings)
    var publisher = NodePublisher(
      options, topic: topic, qos: qos, isRetained: arguments.has(PubOptions.retain),
      source: try messageSource(arguments))
    return publisher.run(&stream, &output)
  }
}

private func publishQoS(_ arguments: Arguments) -> PublishQoS {
  let number = arguments.integer(PubOptions.qos)
  return number == -1 ? .withoutConnection : PublishQoS(ClientOptions.qos(number))
}

private func nodeTopic(
  _ arguments: Arguments, _ options: NodeOptions, _ qos: PublishQoS
) throws(UsageError) -> NodeTopic {
  let number = arguments.integer(NodeOptions.predefined)
  guard let text = arguments.value(PubOptions.topic) else {
    guard let number else { throw UsageError("A topic is missing (-t or --predefined).") }
    return .reference(.predefined(UInt16(clamping: number)))
  }
  guard number == nil else { throw UsageError("-t and --predefined exclude each other.") }
  let name = try ClientOptions.topicName(text)
  let topic = NodeTopic(name, isShort: options.isShort || qos == .withoutConnection)
  if case .name = topic, options.isShort || qos == .withoutConnection {
    throw UsageError(
      options.isShort
        ? "A short topic name has two octets, not \(name.count) (--short)."
        : "A QoS of -1 needs a topic of two octets or --predefined.")
  }
  return topic
}

private func messageSource(_ arguments: Arguments) throws(SystemError) -> MessageSource {
  if arguments.has(PubOptions.lines) { return MessageSource() }
  return MessageSource(
    single: try messagePayload(arguments), times: arguments.integer(PubOptions.repetitions) ?? 1)
}

/// The one message that the options give.
func messagePayload(_ arguments: Arguments) throws(SystemError) -> [UInt8] {
  // One octet more than the largest packet, so that a larger file is refused and not cut.
  let limit = 268_435_456
  if let path = arguments.value(PubOptions.file) {
    do throws(SystemError) { return try readFile(path, limit: limit) } catch {
      throw SystemError("Unable to open file \"\(path)\"", code: error.code)
    }
  }
  if arguments.has(PubOptions.input) {
    return try readAll(0, called: "standard input", limit: limit)
  }
  return Array((arguments.value(PubOptions.message) ?? "").utf8)
}

import ClientIO
import CommandKit
import MQTTCodec
import MQTTSNCodec
import Reactor

/// The options of `sub` that `rr` has too.
enum SubOptions {
  static let wait = CommandOption(
    "-W", value: .integer("SECONDS", 1...1_000_000_000),
    summary: "Give up after SECONDS, with status 27.", absence: "no timeout specified",
    refusal: "Invalid timeout \"@\".")
  static let verbose = CommandOption(
    "-v", "--verbose", summary: "Show topics before messages.")
  static let plain = CommandOption("-N", summary: "No end of line after a message.")
  static let noRetained = CommandOption(
    "-R", summary: "Do not show messages that the broker had retained.")
  static let format = CommandOption(
    "-F", value: .text("FORMAT"),
    summary: "Show messages in this FORMAT: %t topic, %p payload, %x and %X in hexadecimal, %l its "
      + "length, %q QoS, %r retained, %m identifier, %j JSON, %J JSON with the payload as JSON in it, %I and "
      + "%U time, %A %C %D %E %F %P %R %S properties of version 5, %f and %d a number of 4 and 8 "
      + "octets, %% a %; before the letter - for the left side, 0 for zeros, a width, .MAXIMUM of a "
      + "text, .DIGITS and a separator of hexadecimal groups; @ and a letter of strftime, @N "
      + "nanoseconds; \\n and others.")
  static let pretty = CommandOption("--pretty", summary: "Indent the JSON of %j and %J.")
}

private let topicOption = CommandOption(
  "-t", "--topic", value: .text("TOPIC"), summary: "A topic filter to subscribe to. Repeatable.")
private let endTopicOption = CommandOption(
  "-U", "--unsubscribe", value: .text("TOPIC"),
  summary:
    "A topic filter to end the subscription of; with nothing but -U that is all. Repeatable.",
  absence: "no unsubscribe topic specified")
private let countOption = CommandOption(
  "-C", value: .integer("COUNT", 1...Int.max), summary: "End after COUNT messages.",
  refusal: "Invalid message count \"@\".")
private let endOption = CommandOption(
  "-E", summary: "End when the broker has acknowledged all subscriptions.")
private let hideOption = CommandOption(
  "-T", "--filter-out", value: .text("TOPIC"),
  summary: "Do not show messages that this filter matches. Repeatable.",
  absence: "no topic filter specified")
private let retainedOnlyOption = CommandOption(
  "--retained-only", summary: "End with the first message that was not retained.")
private let removeRetainedOption = CommandOption(
  "--remove-retained", summary: "Have the broker forget the retained messages that come.")
private let shareOption = CommandOption(
  "--random-filter", value: .decimal("PERCENT"),
  summary: "Show only this share of the messages, by chance: 0.1 to 100.",
  absence: "no chance specified", refusal: "--random-filter chance must be between 0.1-100.0: @.")
private let watchOption = CommandOption(
  "-w", "--watch",
  summary: "Show each topic on its own line of the screen, which its last message stays on.")
private let rateOption = CommandOption(
  "--message-rate", summary: "Show every second how many messages have come, and not the messages.")

/// What MQTT-SN has nothing for.
private let mqttOptions = [
  SubOptions.format, SubOptions.pretty, retainedOnlyOption, removeRetainedOption, watchOption,
  rateOption,
]

private let sleepOption = CommandOption(
  "--sleep", value: .integer("SECONDS", 1...60_000),
  summary: "Over MQTT-SN, sleep, and wake every SECONDS to show what has come.")

/// `martlet sub`: subscribes and shows what comes.
let subCommand = Command(
  "sub", aliases: ["mosquitto_sub"], summary: "Subscribe to topics and show their messages",
  about: [
    "Connects, subscribes and shows every message on a line, until a signal ends it. Where the "
      + "connection is lost it connects again once a second.",
    "With --sn it does the same as a node of MQTT-SN 1.2, by way of a gateway. Topics that have no "
      + "name then are shown as predefined:ID.",
  ],
  groups: [
    OptionGroup(
      "Messages",
      [
        topicOption, endTopicOption, ClientOptions.qos, SubOptions.verbose, SubOptions.plain,
        SubOptions.format, SubOptions.pretty, watchOption, rateOption, hideOption, shareOption,
        retainedOnlyOption, removeRetainedOption, SubOptions.noRetained,
        ClientOptions.retainAsPublished, ClientOptions.retainHandling, countOption,
        SubOptions.wait, endOption, sleepOption,
      ])
  ] + ClientOptions.groups,
  statuses: ClientStatus.rowsOfSub,
  optionLines: { (arguments) throws(UsageError) in
    try OptionFile.lines(arguments, of: "mosquitto_sub")
  }
) { (arguments, output) throws(UsageError) in
  if arguments.has(NodeOptions.gateway) { return try subscribeAsNode(arguments, &output) }
  try NodeOptions.checkAbsence(arguments, beside: [sleepOption])
  let options = try ClientOptions(arguments)
  let requests = try requests(arguments, options)
  let display = try messageDisplay(arguments)
  let plan = Subscriber.Plan(
    requests: requests, endsWhenSubscribed: arguments.has(endOption),
    messageLimit: arguments.integer(countOption), seconds: arguments.integer(SubOptions.wait),
    retained: .init(
      endsWithOthers: arguments.has(retainedOnlyOption),
      isCleared: arguments.has(removeRetainedOption)))
  return options.attempt { () throws(SystemError) in
    var stream = try ClientStream()
    stream.transport = options.transport
    var subscriber = Subscriber(options, plan, display)
    return try subscriber.run(&stream, &output)
  }
}

/// Where the options want messages shown.
private func messageDisplay(_ arguments: Arguments) throws(UsageError) -> MessageDisplay {
  let others = [
    watchOption, SubOptions.verbose, SubOptions.plain, SubOptions.format, SubOptions.pretty,
  ]
  if arguments.has(rateOption), let option = others.first(where: arguments.has) {
    throw UsageError("--message-rate and \(option.names[0]) exclude each other.")
  }
  return MessageDisplay(
    try messageForm(arguments), isWatching: arguments.has(watchOption),
    isCounting: arguments.has(rateOption))
}

/// How the options want messages shown.
func messageForm(_ arguments: Arguments) throws(UsageError) -> MessageForm {
  var form = MessageForm(
    showsTopics: arguments.has(SubOptions.verbose), endsLines: !arguments.has(SubOptions.plain),
    showsRetained: !arguments.has(SubOptions.noRetained))
  form.isPretty = arguments.has(SubOptions.pretty)
  if let text = arguments.value(SubOptions.format) { form.format = try MessageFormat(text) }
  for text in arguments.values(hideOption) {
    form.hidden.append(try ClientOptions.topicFilter(text, of: "filter"))
  }
  if let text = arguments.value(shareOption) { form.share = try share(text) }
  return form
}

/// The share in thousandths.
private func share(_ text: String) throws(UsageError) -> Int {
  guard let percent = Double(text), percent >= 0.1, percent <= 100 else {
    throw UsageError("--random-filter chance must be between 0.1-100.0: \(text).")
  }
  return Int((percent * 10).rounded())
}

private func subscribeAsNode(
  _ arguments: Arguments, _ output: inout StandardOutput
) throws(UsageError) -> Int32 {
  if let option = mqttOptions.first(where: { arguments.has($0) }) {
    throw UsageError("\(option.names[0]) means nothing over MQTT-SN (--sn).")
  }
  let options = try NodeOptions(arguments)
  var subscriber = NodeSubscriber(
    options, requests: try nodeRequests(arguments, options),
    qos: ClientOptions.qos(arguments.integer(ClientOptions.qos)), form: try messageForm(arguments),
    endsWhenSubscribed: arguments.has(endOption), messageLimit: arguments.integer(countOption),
    seconds: arguments.integer(SubOptions.wait),
    sleepSeconds: arguments.integer(sleepOption).map { UInt16(clamping: $0) })
  return options.attempt { () throws(SystemError) in
    var stream = try NodeStream(options.settings)
    return try subscriber.run(&stream, &output)
  }
}

private func nodeRequests(
  _ arguments: Arguments, _ options: NodeOptions
) throws(UsageError) -> [NodeSubscriber.Request] {
  var requests: [NodeSubscriber.Request] = []
  for (option, isEnd) in [(topicOption, false), (endTopicOption, true)] {
    for text in arguments.values(option) {
      let filter = try ClientOptions.topicFilter(text)
      requests.append(.init(topic: NodeTopic(filter, isShort: options.isShort), isEnd: isEnd))
    }
  }
  for number in arguments.integers(NodeOptions.predefined) {
    let reference = TopicReference.predefined(UInt16(clamping: number))
    requests.append(.init(topic: .reference(reference), isEnd: false))
  }
  guard !requests.isEmpty else { throw UsageError("A topic is missing (-t or --predefined).") }
  return requests
}

private func requests(
  _ arguments: Arguments, _ options: ClientOptions
) throws(UsageError) -> [Subscriber.Request] {
  var requests: [Subscriber.Request] = []
  let wishes = options.subscriptionOptions(arguments)
  let topics = arguments.values(topicOption) + (options.url.map { [$0.topic] } ?? [])
  for text in topics {
    requests.append(.init(filter: try ClientOptions.topicFilter(text), options: wishes))
  }
  for text in arguments.values(endTopicOption) {
    let filter = try ClientOptions.topicFilter(text, of: "unsubscribe")
    requests.append(.init(filter: filter, options: nil))
  }
  guard !requests.isEmpty else {
    throw UsageError("You must specify a topic to subscribe to (-t).")
  }
  return requests
}

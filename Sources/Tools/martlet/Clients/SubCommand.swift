import ClientIO
import CommandKit
import MQTTCodec
import MQTTSNCodec
import Reactor

/// The options of `sub` that `rr` has too.
enum SubOptions {
  static let wait = CommandOption(
    "-W", value: .integer("SECONDS", 1...1_000_000_000),
    summary: "Give up after SECONDS, with status 27.")
  static let verbose = CommandOption(
    "-v", "--verbose", summary: "Show topics before messages.")
  static let plain = CommandOption("-N", summary: "No end of line after a message.")
  static let noRetained = CommandOption(
    "-R", summary: "Do not show messages that the broker had retained.")
  static let format = CommandOption(
    "-F", value: .text("FORMAT"),
    summary: "Show messages in this FORMAT: %t topic, %p payload, %x and %X in hexadecimal, %l its "
      + "length, %q QoS, %r retained, %m identifier, %j JSON, %I and %U time, %A %C %D %E %F %P %R %S "
      + "properties of version 5, %f and %d numbers, %% a %; a width and - or 0 before the letter; @ "
      + "and a letter of strftime; \\n and others.")
}

private let topicOption = CommandOption(
  "-t", "--topic", value: .text("TOPIC"), summary: "A topic filter to subscribe to. Repeatable.")
private let endTopicOption = CommandOption(
  "-U", "--unsubscribe", value: .text("TOPIC"),
  summary: "A topic filter to end the subscription of; with nothing but -U that is all. Repeatable."
)
private let countOption = CommandOption(
  "-C", value: .integer("COUNT", 1...Int.max), summary: "End after COUNT messages.")
private let endOption = CommandOption(
  "-E", summary: "End when the broker has acknowledged all subscriptions.")
private let hideOption = CommandOption(
  "-T", "--filter-out", value: .text("TOPIC"),
  summary: "Do not show messages that this filter matches. Repeatable.")
private let retainedOnlyOption = CommandOption(
  "--retained-only", summary: "End with the first message that was not retained.")
private let removeRetainedOption = CommandOption(
  "--remove-retained", summary: "Have the broker forget the retained messages that come.")
private let shareOption = CommandOption(
  "--random-filter", value: .decimal("PERCENT"),
  summary: "Show only this share of the messages, by chance: 0.1 to 100.")

/// What MQTT-SN has nothing for.
private let mqttOptions = [SubOptions.format, retainedOnlyOption, removeRetainedOption]

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
        SubOptions.format, hideOption, shareOption, retainedOnlyOption, removeRetainedOption,
        SubOptions.noRetained, ClientOptions.retainAsPublished, ClientOptions.retainHandling,
        countOption, SubOptions.wait, endOption, sleepOption,
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
  let form = try messageForm(arguments)
  let retained = Subscriber.RetainedWishes(
    endsWithOthers: arguments.has(retainedOnlyOption),
    isCleared: arguments.has(removeRetainedOption))
  do throws(SystemError) {
    var stream = try ClientStream()
    stream.transport = options.transport
    var subscriber = Subscriber(
      options, requests: requests, form: form, endsWhenSubscribed: arguments.has(endOption),
      messageLimit: arguments.integer(countOption), seconds: arguments.integer(SubOptions.wait),
      retained: retained)
    return try subscriber.run(&stream, &output)
  } catch {
    options.complain("\(error).")
    return ClientStatus.failed
  }
}

/// How the options want messages shown.
func messageForm(_ arguments: Arguments) throws(UsageError) -> MessageForm {
  var form = MessageForm(
    showsTopics: arguments.has(SubOptions.verbose), endsLines: !arguments.has(SubOptions.plain),
    showsRetained: !arguments.has(SubOptions.noRetained))
  if let text = arguments.value(SubOptions.format) { form.format = try MessageFormat(text) }
  for text in arguments.values(hideOption) {
    form.hidden.append(try ClientOptions.topicFilter(text))
  }
  if let text = arguments.value(shareOption) { form.share = try share(text) }
  return form
}

/// The share in thousandths.
private func share(_ text: String) throws(UsageError) -> Int {
  guard let percent = Double(text), percent >= 0.1, percent <= 100 else {
    throw UsageError("Invalid --random-filter '\(text)': 0.1 to 100.")
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
  do throws(SystemError) {
    var stream = try NodeStream(options.settings)
    return try subscriber.run(&stream, &output)
  } catch {
    options.complain("\(error).")
    return ClientStatus.failed
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
    requests.append(.init(filter: try ClientOptions.topicFilter(text), options: nil))
  }
  guard !requests.isEmpty else { throw UsageError("A topic is missing (-t).") }
  return requests
}

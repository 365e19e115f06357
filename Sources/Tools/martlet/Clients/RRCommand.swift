import ClientIO
import CommandKit
import MQTTCodec
import Reactor

/// The options of `rr` alone.
private enum RROptions {
  static let topic = CommandOption(
    "-t", "--topic", value: .text("TOPIC"), summary: "Where to publish the request.")
  static let responseTopic = CommandOption(
    "-e", value: .text("TOPIC"), summary: "Where the response is to come.",
    absence: "no response topic specified")
  static let latency = CommandOption(
    "--latency", summary: "Show also how long the response took, from the request on.")

  /// The rows of the usage.
  static let groups = [
    OptionGroup(
      "Request", [topic, responseTopic] + PubOptions.kinds + [ClientOptions.qos]),
    OptionGroup(
      "Response",
      [
        SubOptions.verbose, SubOptions.plain, SubOptions.format, SubOptions.pretty,
        SubOptions.noRetained, ClientOptions.retainAsPublished, ClientOptions.retainHandling,
        SubOptions.wait, latency,
      ]),
  ]
}

/// `martlet rr`: publishes a request and shows the response.
let rrCommand = Command(
  "rr", aliases: ["mosquitto_rr"], summary: "Publish a request and show its response",
  about: [
    "Connects, subscribes to the response topic, publishes the request and shows the first message "
      + "that comes as its response. In version 5 the request carries the response topic; before "
      + "that the other side must know it."
  ],
  groups: RROptions.groups + ClientOptions.groupsOfMQTT,
  statuses: ClientStatus.rowsOfSub,
  optionLines: { (arguments) throws(UsageError) in
    try OptionFile.lines(arguments, of: "mosquitto_rr")
  }
) { (arguments, output) throws(UsageError) in
  try PubOptions.checkKinds(arguments, of: PubOptions.kinds)
  let options = try ClientOptions(arguments, usualVersion: .mqtt50)
  guard let topic = arguments.value(RROptions.topic) ?? options.url?.topic,
    let responseTopic = arguments.value(RROptions.responseTopic),
    PubOptions.kinds.contains(where: arguments.has)
  else {
    throw UsageError("All of topic, message, and response topic must be supplied (-t, -m, -e).")
  }
  let topicName = try ClientOptions.topicName(topic)
  let filter = try ClientOptions.topicName(responseTopic, of: "response")
  let properties = try requestProperties(options, responseTopic: filter)
  let form = try messageForm(arguments)
  do throws(SystemError) {
    var stream = try ClientStream()
    stream.transport = options.transport
    let question = Subscriber.Question(
      topicName: topicName, payload: try messagePayload(arguments), properties: properties,
      measuresLatency: arguments.has(RROptions.latency))
    let plan = Subscriber.Plan(
      requests: [.init(filter: filter, options: options.subscriptionOptions(arguments))],
      messageLimit: 1, seconds: arguments.integer(SubOptions.wait), question: question)
    var subscriber = Subscriber(options, plan, MessageDisplay(form))
    return try subscriber.run(&stream, &output)
  } catch {
    options.complain("\(error).")
    return ClientStatus.failed
  }
}

/// What goes with the request: in version 5 also where the response is to come.
private func requestProperties(
  _ options: ClientOptions, responseTopic: [UInt8]
) throws(UsageError) -> PropertyList {
  var list = options.properties[.publish]
  guard options.settings.version == .mqtt50 else { return list }
  guard !list.contains(.responseTopic) else {
    throw UsageError("-e and -D publish response-topic exclude each other.")
  }
  do throws(CodecError) { try list.append(.responseTopic(responseTopic.span)) } catch {
    throw UsageError("Invalid response topic (\(error)).")
  }
  return list
}

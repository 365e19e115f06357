import ClientIO
import CommandKit
import MQTTCodec
import Reactor

/// The options of `rr` alone.
private enum RROptions {
  static let topic = CommandOption(
    "-t", "--topic", value: .text("TOPIC"), summary: "Where to publish the request.")
  static let responseTopic = CommandOption(
    "-e", value: .text("TOPIC"), summary: "Where the response is to come.")

  /// The rows of the usage.
  static let groups = [
    OptionGroup(
      "Request", [topic, responseTopic] + PubOptions.kinds + [ClientOptions.qos]),
    OptionGroup(
      "Response",
      [
        SubOptions.verbose, SubOptions.plain, SubOptions.format, SubOptions.noRetained,
        ClientOptions.retainAsPublished, ClientOptions.retainHandling, SubOptions.wait,
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
  let topicName = try options.topic(arguments, RROptions.topic)
  guard let responseTopic = arguments.value(RROptions.responseTopic) else {
    throw UsageError("A response topic is missing (-e).")
  }
  let filter = try ClientOptions.topicName(responseTopic)
  let properties = try requestProperties(options, responseTopic: filter)
  let form = try messageForm(arguments)
  do throws(SystemError) {
    var stream = try ClientStream()
    stream.transport = options.transport
    let question = Subscriber.Question(
      topicName: topicName, payload: try messagePayload(arguments), properties: properties)
    var subscriber = Subscriber(
      options,
      requests: [.init(filter: filter, options: options.subscriptionOptions(arguments))],
      form: form, endsWhenSubscribed: false, messageLimit: 1,
      seconds: arguments.integer(SubOptions.wait), retained: .init(), question: question)
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

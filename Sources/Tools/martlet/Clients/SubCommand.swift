import ClientIO
import CommandKit
import MQTTCodec
import Reactor

private let topicOption = CommandOption(
  "-t", "--topic", value: .text("TOPIC"), summary: "A topic filter to subscribe to. Repeatable.")
private let endTopicOption = CommandOption(
  "-U", "--unsubscribe", value: .text("TOPIC"),
  summary: "A topic filter to end the subscription of; with nothing but -U that is all. Repeatable."
)
private let countOption = CommandOption(
  "-C", value: .integer("COUNT", 1...Int.max), summary: "End after COUNT messages.")
private let waitOption = CommandOption(
  "-W", value: .integer("SECONDS", 1...1_000_000_000),
  summary: "Give up after SECONDS, with status 27.")
private let verboseOption = CommandOption(
  "-v", "--verbose", summary: "Show topics before messages.")
private let plainOption = CommandOption("-N", summary: "No end of line after a message.")
private let endOption = CommandOption(
  "-E", summary: "End when the broker has acknowledged all subscriptions.")
private let noRetainedOption = CommandOption(
  "-R", summary: "Do not show messages that the broker had retained.")

/// `martlet sub`: subscribes and shows what comes.
let subCommand = Command(
  "sub", aliases: ["mosquitto_sub"], summary: "Subscribe to topics and show their messages",
  about: [
    "Connects, subscribes and shows every message on a line, until a signal ends it. Where the "
      + "connection is lost it connects again once a second."
  ],
  groups: [
    OptionGroup(
      "Messages",
      [
        topicOption, endTopicOption, ClientOptions.qos, verboseOption, plainOption,
        noRetainedOption, ClientOptions.retainAsPublished, ClientOptions.retainHandling,
        countOption, waitOption, endOption,
      ])
  ] + ClientOptions.groups,
  statuses: ClientStatus.rows + [ExitStatus(27, "The time of -W was over.")]
) { (arguments, output) throws(UsageError) in
  let options = try ClientOptions(arguments)
  let requests = try requests(arguments, options.subscriptionOptions(arguments))
  let form = MessageForm(
    showsTopics: arguments.has(verboseOption), endsLines: !arguments.has(plainOption),
    showsRetained: !arguments.has(noRetainedOption))
  do throws(SystemError) {
    var stream = try ClientStream()
    var subscriber = Subscriber(
      options, requests: requests, form: form, endsWhenSubscribed: arguments.has(endOption),
      messageLimit: arguments.integer(countOption), seconds: arguments.integer(waitOption))
    return try subscriber.run(&stream, &output)
  } catch {
    options.complain("\(error).")
    return ClientStatus.failed
  }
}

private func requests(
  _ arguments: Arguments, _ options: SubscriptionOptions
) throws(UsageError) -> [Subscriber.Request] {
  var requests: [Subscriber.Request] = []
  for text in arguments.values(topicOption) {
    requests.append(.init(filter: try ClientOptions.topicFilter(text), options: options))
  }
  for text in arguments.values(endTopicOption) {
    requests.append(.init(filter: try ClientOptions.topicFilter(text), options: nil))
  }
  guard !requests.isEmpty else { throw UsageError("A topic is missing (-t).") }
  return requests
}

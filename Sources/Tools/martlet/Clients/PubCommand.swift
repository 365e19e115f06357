import ClientIO
import CommandKit
import Reactor

private let topicOption = CommandOption(
  "-t", "--topic", value: .text("TOPIC"), summary: "Where to publish.")
private let messageOption = CommandOption(
  "-m", "--message", value: .text("MESSAGE"), summary: "Publish MESSAGE.")
private let nullOption = CommandOption(
  "-n", "--null-message", summary: "Publish an empty message.")
private let fileOption = CommandOption(
  "-f", "--file", value: .file("FILE"), summary: "Publish what FILE holds.")
private let inputOption = CommandOption(
  "-s", "--stdin-file", summary: "Publish all of standard input as one message.")
private let linesOption = CommandOption(
  "-l", "--stdin-line", summary: "Publish each line of standard input.")
private let retainOption = CommandOption(
  "-r", "--retain", summary: "Let the broker retain the message.")

/// `martlet pub`: publishes.
let pubCommand = Command(
  "pub", aliases: ["mosquitto_pub"], summary: "Publish messages",
  about: [
    "Connects, publishes, waits for the broker's acknowledgements at quality of service 1 and 2, "
      + "and ends."
  ],
  groups: [
    OptionGroup(
      "Message",
      [
        topicOption, messageOption, nullOption, fileOption, inputOption, linesOption,
        ClientOptions.qos, retainOption,
      ])
  ] + ClientOptions.groups,
  statuses: ClientStatus.rows
) { (arguments, output) throws(UsageError) in
  let options = try ClientOptions(arguments)
  guard let topic = arguments.value(topicOption) else {
    throw UsageError("A topic is missing (-t).")
  }
  let topicName = try ClientOptions.topicName(topic)
  let kinds = [messageOption, nullOption, fileOption, inputOption, linesOption]
  guard kinds.filter(arguments.has).count == 1 else {
    throw UsageError("Exactly one of -m, -n, -f, -s and -l says what to publish.")
  }
  do throws(SystemError) {
    var stream = try ClientStream()
    var publisher = Publisher(
      options, topicName: topicName, isRetained: arguments.has(retainOption),
      source: try messageSource(arguments))
    return publisher.run(&stream, &output)
  } catch {
    options.complain("\(error).")
    return ClientStatus.failed
  }
}

private func messageSource(_ arguments: Arguments) throws(SystemError) -> MessageSource {
  // One octet more than the largest packet, so that a larger file is refused and not cut.
  let limit = 268_435_456
  if arguments.has(linesOption) { return MessageSource() }
  if let path = arguments.value(fileOption) {
    return MessageSource(single: try readFile(path, limit: limit))
  }
  if arguments.has(inputOption) {
    return MessageSource(single: try readAll(0, called: "standard input", limit: limit))
  }
  return MessageSource(single: Array((arguments.value(messageOption) ?? "").utf8))
}

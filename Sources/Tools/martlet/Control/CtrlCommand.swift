import ClientIO
import CommandKit
import Glibc
import JSONReading
import JSONTree
import MQTTCodec
import Reactor

private let qosOption = CommandOption(
  "-q", "--qos", value: .integer("QOS", 0...2), summary: "The quality of service: 1.")

/// `martlet ctrl`: controls a broker by messages.
let ctrlCommand = Command(
  "ctrl", aliases: ["mosquitto_ctrl"], summary: "Control a broker that runs",
  about: [
    "Publishes a command on the broker's control topic and shows the answer. `martlet ctrl dynsec help` "
      + "lists the commands of dynamic security, `martlet ctrl broker help` those of the broker itself. "
      + "`dynsec init FILE ADMIN [PASSWORD]` makes the file of dynamic security without a broker.",
    "Without a module the commands are read from standard input, one to a line; `help` lists what else "
      + "can be said there.",
  ],
  groups: [OptionGroup("Commands", [qosOption])]
    + ClientOptions.groupsOfMQTT.filter { $0.title != "Will" },
  operands: [
    Operand("MODULE", .atMostOne), Operand("COMMAND", .atMostOne), Operand("WORD", .rest),
  ],
  statuses: [
    ExitStatus(0, "The broker has answered; standard error says what it did not do."),
    ExitStatus(3, "Words that do not go with the command."),
    ExitStatus(13, "A command that is not known."),
  ] + ClientStatus.rows.dropFirst() + [ExitStatus(27, "No answer came within 30 seconds.")],
  optionLines: { (arguments) throws(UsageError) in
    try OptionFile.lines(arguments, of: "mosquitto_ctrl")
  }
) { (arguments, output) throws(UsageError) in
  if arguments.operands.isEmpty {
    var shell = ControlShell(arguments)
    return shell.run(&output)
  }
  return try control(arguments.operands, arguments, &output)
}

/// Does what a module's name, a command and its words say; gives the exit status.
func control(
  _ words: [String], _ arguments: Arguments, _ output: inout StandardOutput
) throws(UsageError) -> Int32 {
  guard let module = ControlModule.all.first(where: { $0.name == words[0] }) else {
    throw UsageError("Module '\(words[0])' not supported.")
  }
  guard words.count > 1 else { throw UsageError("COMMAND is missing.") }
  if words[1] == "help" {
    output.write(module.help)
    return 0
  }
  let command: JSONValue
  do throws(ControlWordsError) {
    if words[0] == "dynsec", words[1] == "init" {
      return try makeSecurityFile(Array(words.dropFirst(2)), &output)
    }
    command = try module.command(Array(words.dropFirst()))
  } catch {
    StandardError.write(line: "Error: \(error.message)")
    return error.status
  }
  return try send(command, to: module, arguments, &output)
}

/// Publishes a command and shows the answer; gives the exit status.
private func send(
  _ command: JSONValue, to module: ControlModule, _ arguments: Arguments,
  _ output: inout StandardOutput
) throws(UsageError) -> Int32 {
  var options = try ClientOptions(arguments, usualVersion: .mqtt50, usualQoS: 1)
  if let user = options.settings.userName, options.settings.password == nil {
    let name = String(decoding: user, as: UTF8.self)
    options.settings.password = ControlModule.typedSecret("Password for \(name): ")
      .map { Array($0.utf8) }
  }
  if !options.isPrivate {
    options.warn("This connection is not encrypted: others can read all of it, passwords too.")
  }
  let correlation = "martlet-\(getpid())"
  var form = MessageForm()
  form.endsLines = false
  form.rendering = { payload in
    let message = try? JSONValue(
      text: payload, within: JSONBounds(values: 5_000_000, octets: 1 << 28))
    guard let answer = ShownAnswer(message, to: correlation) else { return nil }
    if let fault = answer.fault { StandardError.write(line: fault) }
    return answer.text
  }
  let message = JSONValue.record([
    "commands": .array([command.with("correlationData", .text(correlation))])
  ])
  return options.attempt { () throws(SystemError) in
    var stream = try ClientStream()
    stream.transport = options.transport
    var plan = Subscriber.Plan(
      requests: [
        .init(
          filter: Array(module.answerTopic.utf8), options: options.subscriptionOptions(arguments))
      ], messageLimit: 1, seconds: 30)
    plan.triesAgain = false
    plan.question = Subscriber.Question(
      topicName: Array(module.topic.utf8), payload: Array(message.compact.utf8),
      properties: PropertyList())
    var subscriber = Subscriber(options, plan, MessageDisplay(form))
    return try subscriber.run(&stream, &output)
  }
}

extension JSONValue {
  /// An object with one more member.
  fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
    .object((members ?? []) + [JSONMember(name, value)])
  }
}

extension ClientOptions {
  /// Whether nobody else sees what goes over the connection.
  fileprivate var isPrivate: Bool {
    transport.tls != nil || transport.unixPath != nil
      || ["localhost", "::1"].contains(hostName) || hostName.hasPrefix("127.")
  }
}

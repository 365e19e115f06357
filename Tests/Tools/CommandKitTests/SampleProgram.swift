@testable import CommandKit

/// A program in the form of the real one.
enum Sample {
  static let host = CommandOption(
    "-h", "--host", value: .text("HOST"), summary: "The broker's host; localhost by default.")
  static let port = CommandOption(
    "-p", "--port", value: .integer("PORT", 1...65535), summary: "The broker's port.")
  static let message = CommandOption(
    "-m", "--message", value: .text("MESSAGE"), summary: "The payload.")
  static let topic = CommandOption(
    "-t", "--topic", value: .text("TOPIC"), summary: "A topic. May be given more than once.")
  static let version = CommandOption(
    "-V", "--protocol-version", value: .choice("VERSION", ["311", "mqttv311"]),
    summary: "The protocol's version.")
  static let timeout = CommandOption(
    "-W", value: .decimal("SECONDS"), summary: "Give up after that.")
  static let property = CommandOption(
    "-D", "--property",
    value: .words(["COMMAND", "PROPERTY", "VALUE", "VALUE"], lastOnlyAfter: "user-property"),
    summary: "A property.")
  static let debug = CommandOption("-d", "--debug", summary: "Show the protocol's packets.")
  static let file = CommandOption("-f", value: .file("FILE"), summary: ".The payload's file.")

  static let publish = Command(
    "pub", aliases: ["mosquitto_pub"], summary: "publish a message",
    about: ["Sends one message.", ".And ends."],
    groups: [
      OptionGroup("Connection", [host, port, version, property]),
      OptionGroup("Message", [topic, message, file, timeout, debug]),
    ],
    statuses: [ExitStatus(27, "timed out")]
  ) { arguments, output throws(UsageError) in
    guard let topic = arguments.value(topic) else { throw UsageError("No topic given.") }
    output.write(line: topic)
    return 7
  }

  static let password = Command(
    "passwd", summary: "keep a password file", groups: [OptionGroup("Options", [debug])],
    operands: [Operand("FILE"), Operand("USER"), Operand("PASSWORD", .atMostOne)], usageStatus: 3
  ) { arguments, _ in Int32(arguments.operands.count) }

  static let program = Program(
    name: "martlet", version: "1.2.3", summary: "an MQTT broker", commands: [publish, password],
    documents: [
      Document(
        "martlet.conf", section: 5, summary: "what run reads", about: ["One option to a line."],
        title: "OPTIONS", rows: [.init("log_dest WORD", "Where lines go.")])
    ])
}

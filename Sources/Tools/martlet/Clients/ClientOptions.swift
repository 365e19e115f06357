import ClientIO
import CommandKit
import Glibc
import MQTTCodec
import MQTTTerms
import WireBytes

/// The options that `pub`, `sub` and `rr` share: where to connect, and as whom.
struct ClientOptions: Complaining {
  static let host = CommandOption(
    "-h", "--host", value: .text("HOST"), summary: "The broker's name or address: localhost.")
  static let port = CommandOption(
    "-p", "--port", value: .integer("PORT", 1...65_535),
    summary: "The broker's port: 1883, with TLS 8883; 8883 asks for TLS.")
  static let id = CommandOption(
    "-i", "--id", value: .text("ID"),
    summary: "The client identifier; without it the broker's choice.")
  static let idPrefix = CommandOption(
    "-I", "--id-prefix", value: .text("PREFIX"),
    summary: "A client identifier of this prefix and the process's number.",
    absence: "no id prefix specified")
  static let keepAlive = CommandOption(
    "-k", "--keepalive", value: .integer("SECONDS", 5...65_535),
    summary: "The longest silence in seconds: 60.", absence: "no keepalive specified",
    refusal: "Invalid keepalive given, it must be between 5 and 65535 inclusive: @.")
  static let inFlight = CommandOption(
    "-M", value: .integer("COUNT", 1...Int.max),
    summary: "How many requests may wait for their acknowledgement: 64, which is the most.",
    absence: "max_inflight not specified",
    refusal: "Maximum inflight messages must be greater than 0: @.")
  static let keptSession = CommandOption(
    "-c", "--disable-clean-session",
    summary: "Let the broker keep the session, in version 5 as long as -x says; needs -i or -I.")
  static let userName = CommandOption(
    "-u", "--username", value: .text("NAME"), summary: "The user name.",
    absence: "no username specified")
  static let password = CommandOption(
    "-P", "--pw", value: .text("PASSWORD"), summary: "The password; before version 5 it needs -u.")
  static let version = CommandOption(
    "-V", "--protocol-version",
    value: .choice("VERSION", ["31", "311", "5", "mqttv31", "mqttv311", "mqttv5"]),
    summary: "The version of MQTT: 311, or 5 where an option needs it; for rr 5.",
    refusal:
      "Invalid protocol version argument given: @. Expected: 31, 311, 5, mqttv31, mqttv311, "
      + "mqttv5.")
  static let sessionExpiry = CommandOption(
    "-x", value: .text("SECONDS"),
    summary: "How long the broker keeps the session, in version 5; -1 or ∞ for ever.",
    absence: "no session expiry interval specified")
  static let qos = CommandOption(
    "-q", "--qos", value: .integer("QOS", 0...2), summary: "The quality of service: 0.",
    absence: "no QoS specified", refusal: "Invalid QoS given: @. Expected: 0, 1 or 2.")
  static let debug = CommandOption(
    "-d", "--debug", summary: "Show the packets that go and come.")
  static let quiet = CommandOption("--quiet", summary: "Do not say what went wrong.")
  static let willTopic = CommandOption(
    "--will-topic", value: .text("TOPIC"),
    summary: "Where the broker says that the client is lost.", absence: "no will topic specified")
  static let willPayload = CommandOption(
    "--will-payload", value: .text("MESSAGE"), summary: "What it says there.",
    absence: "no will payload specified")
  static let willQoS = CommandOption(
    "--will-qos", value: .integer("QOS", 0...2), summary: "With which quality of service: 0.",
    absence: "no will QoS specified", refusal: "Invalid will QoS @. Expected: 0, 1 or 2.")
  static let willRetain = CommandOption("--will-retain", summary: "Let the broker retain it.")

  /// The rows of every table.
  static let groupsOfMQTT = [
    OptionGroup(
      "Connection",
      [
        host, port, BrokerURL.option, id, idPrefix, keepAlive, keptSession, sessionExpiry, userName,
        password, version, inFlight, PropertyOptions.option,
      ] + TransportOptions.rows + [OptionFile.option]),
    OptionGroup("TLS", SecurityOptions.rows),
    OptionGroup("Will", [willTopic, willPayload, willQoS, willRetain]),
    OptionGroup("Messages on the terminal", [debug, quiet]),
  ]

  /// The rows of the tables of the commands that also speak MQTT-SN.
  static let groups = [groupsOfMQTT[0], NodeOptions.group] + groupsOfMQTT.dropFirst()

  /// What `-L` says, where it is given.
  let url: BrokerURL?
  let hostName: String
  let portNumber: UInt16
  let transport: ClientTransport
  var settings: ConnectSettings
  let properties: PropertyOptions
  let qualityOfService: QoS
  /// How many requests may wait for their acknowledgement.
  let inFlightLimit: Int
  let isDebugging: Bool
  let isQuiet: Bool

  /// What the options say; `usualVersion` is spoken where they name and need none, at `usualQoS`.
  init(
    _ arguments: Arguments, usualVersion: ProtocolVersion = .mqtt311, usualQoS: Int = 0
  ) throws(UsageError) {
    let url = try BrokerURL.given(arguments)
    self.url = url
    try SecurityOptions.check(arguments)
    hostName = arguments.value(Self.host) ?? url?.host ?? "localhost"
    let named = arguments.integer(Self.port).map { UInt16(clamping: $0) } ?? url?.port
    let isSecure = SecurityOptions.areMet(
      arguments, isAssumed: url?.isSecure == true || named == 8883)
    portNumber = named ?? (isSecure ? 8883 : 1883)
    transport = try TransportOptions.transport(arguments, url, isSecure: isSecure)
    let properties = try PropertyOptions(arguments)
    settings = try Self.settings(arguments, properties, usualVersion, url)
    try Self.checkFarewell(properties[.disconnect], after: settings.properties)
    self.properties = properties
    qualityOfService = Self.qos(arguments.integer(Self.qos) ?? usualQoS)
    inFlightLimit = min(arguments.integer(Self.inFlight) ?? .max, ClientStream.window)
    isDebugging = arguments.has(Self.debug)
    isQuiet = arguments.has(Self.quiet)
  }

  private static func settings(
    _ arguments: Arguments, _ properties: PropertyOptions, _ usualVersion: ProtocolVersion,
    _ url: BrokerURL?
  ) throws(UsageError) -> ConnectSettings {
    var settings = ConnectSettings()
    settings.version = try protocolVersion(arguments, usual: usualVersion)
    // Version 3.1 has no empty identifiers.
    settings.clientIdentifier = try identifier(
      arguments, else: settings.version == .mqtt31 ? madeUpIdentifier : [])
    settings.keepAlive = UInt16(clamping: arguments.integer(keepAlive) ?? 60)
    settings.isCleanSession = !arguments.has(keptSession)
    settings.userName = (arguments.value(userName) ?? url?.userName).map { Array($0.utf8) }
    settings.password = (arguments.value(password) ?? url?.password).map { Array($0.utf8) }
    try checkKeeping(arguments, settings.version)
    settings.will = try will(arguments, properties[.will])
    settings.properties = try SessionExpiry(arguments, settings).extend(properties[.connect])
    guard settings.password == nil || settings.userName != nil || settings.version == .mqtt50 else {
      throw UsageError("A password needs a user name (-u).")
    }
    return settings
  }

  /// The identifier that the options give, or else `another`.
  static func identifier(
    _ arguments: Arguments, else another: [UInt8]
  ) throws(UsageError) -> [UInt8] {
    let (name, prefix) = (arguments.value(id), arguments.value(idPrefix))
    guard name == nil || prefix == nil else {
      throw UsageError("-i and -I argument cannot be used together.")
    }
    if let name { return Array(name.utf8) }
    if let prefix { return Array("\(prefix)\(getpid())".utf8) }
    return another
  }

  /// Throws where a session is to be kept that nobody can come back to.
  static func checkKeeping(
    _ arguments: Arguments, _ version: ProtocolVersion
  ) throws(UsageError) {
    guard arguments.has(keptSession), !arguments.has(id), !arguments.has(idPrefix) else { return }
    guard version == .mqtt50 else {
      throw UsageError(
        "You must provide a client id if you are using the -c option (-i or -I).")
    }
    guard arguments.has(sessionExpiry) else { throw SessionExpiry.nameless }
  }

  /// An identifier of the process's number.
  static var madeUpIdentifier: [UInt8] { Array("martlet-\(getpid())".utf8) }

  /// The will that the options give.
  static func will(
    _ arguments: Arguments, _ properties: PropertyList = PropertyList()
  ) throws(UsageError) -> ConnectSettings.Will? {
    guard let topic = arguments.value(willTopic) else {
      let given =
        [("payload", willPayload), ("QoS", willQoS), ("retain", willRetain)]
        .first { arguments.has($0.1) }?.0 ?? (properties.isEmpty ? nil : "properties")
      guard let given else { return nil }
      throw UsageError("Will \(given) given, but no will topic given (--will-topic).")
    }
    var will = ConnectSettings.Will(topicName: try topicName(topic, of: "will"))
    will.payload = Array((arguments.value(willPayload) ?? "").utf8)
    will.qos = qos(arguments.integer(willQoS))
    will.isRetained = arguments.has(willRetain)
    will.properties = properties
    return will
  }

  /// The quality of service of that number; 0 where there is none.
  static func qos(_ number: Int?) -> QoS {
    QoS(rawValue: UInt8(clamping: number ?? 0)) ?? .atMostOnce
  }

  /// The octets of a Topic Name; throws where it breaks the rules. `use` is what it is for.
  static func topicName(_ text: String, of use: String = "publish") throws(UsageError) -> [UInt8] {
    let octets = Array(text.utf8)
    guard isTopicName(octets.span) else {
      throw UsageError("Invalid \(use) topic '\(text)', does it contain '+' or '#'?")
    }
    return octets
  }

  /// The octets of a Topic Filter; throws where it breaks the rules. `use` is what it is for.
  static func topicFilter(
    _ text: String, of use: String = "subscription"
  ) throws(UsageError) -> [UInt8] {
    let octets = Array(text.utf8)
    guard isTopicFilter(octets.span) else {
      throw UsageError(
        "Invalid \(use) topic '\(text)', are all '+' and '#' wildcards correct?")
    }
    return octets
  }
}

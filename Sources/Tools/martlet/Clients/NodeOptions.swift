import ClientIO
import CommandKit
import MQTTSNCodec
import SerialFraming

/// The options of `pub` and `sub` over MQTT-SN.
struct NodeOptions {
  static let gateway = CommandOption(
    "--sn", value: .text("WHERE"),
    summary: "Speak MQTT-SN with the gateway at udp://HOST:PORT, an IPv6 address in brackets, or "
      + "at serial:PATH[,BAUD], 115200 baud unless said.")
  static let framing = CommandOption(
    "--framing", value: .choice("FORMAT", ["hdlc", "raw"]),
    summary: "How messages stand on a serial line: hdlc.")
  static let forwarder = CommandOption(
    "--forwarder", value: .text("NODE"),
    summary: "Speak as the wireless node NODE behind a forwarder: in its envelope.")
  static let retryInterval = CommandOption(
    "--retry-interval", value: .integer("MS", 1...3_600_000),
    summary: "Milliseconds until an unanswered request is repeated, three times: 10000.")
  static let predefined = CommandOption(
    "--predefined", value: .integer("ID", 1...65_534),
    summary: "A pre-defined topic id, in place of -t.")
  static let short = CommandOption(
    "--short",
    summary: "Send topics of two octets as short names, which need no topic id; at QoS -1 they "
      + "always are.")

  /// The rows that both commands have.
  static let group = OptionGroup(
    "MQTT-SN", [gateway, framing, forwarder, retryInterval, predefined, short])

  /// What means nothing over MQTT-SN.
  private static let foreign =
    [
      ClientOptions.host, ClientOptions.port, BrokerURL.option, ClientOptions.userName,
      ClientOptions.password, PubOptions.repetitions, PubOptions.delay,
      ClientOptions.version, ClientOptions.sessionExpiry, PropertyOptions.option,
      ClientOptions.retainAsPublished, ClientOptions.retainHandling, ClientOptions.inFlight,
    ] + TransportOptions.rows + SecurityOptions.rows

  let route: GatewayRoute
  let settings: NodeSettings
  let isShort: Bool
  let isDebugging: Bool
  let isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    if let option = Self.foreign.first(where: arguments.has) {
      throw UsageError("\(option.names[0]) means nothing over MQTT-SN (--sn).")
    }
    route = try Self.route(arguments)
    settings = try Self.settings(arguments)
    isShort = arguments.has(Self.short)
    isDebugging = arguments.has(ClientOptions.debug)
    isQuiet = arguments.has(ClientOptions.quiet)
  }

  /// Throws where an option needs `--sn` and it is not given.
  static func checkAbsence(
    _ arguments: Arguments, beside others: [CommandOption] = []
  ) throws(UsageError) {
    if let option = (group.options + others).first(where: arguments.has) {
      throw UsageError("\(option.names[0]) needs MQTT-SN (--sn).")
    }
    if arguments.integer(PubOptions.qos) == -1 {
      throw UsageError("A QoS of -1 needs MQTT-SN (--sn).")
    }
  }

  private static func route(_ arguments: Arguments) throws(UsageError) -> GatewayRoute {
    let text = arguments.value(gateway) ?? ""
    let format: LineFormat = arguments.value(framing) == "raw" ? .raw : .hdlc
    guard let way = GatewayRoute.Way(text, format: format) else {
      throw UsageError("--sn \(text) is neither udp://HOST:PORT nor serial:PATH[,BAUD].")
    }
    if case .udp = way, arguments.has(framing) {
      throw UsageError("--framing needs a serial line (--sn serial:PATH).")
    }
    var route = GatewayRoute(way)
    route.forwardedNode = arguments.value(forwarder).map { Array($0.utf8) }
    guard route.forwardedNode.map({ (1...252).contains($0.count) }) ?? true else {
      throw UsageError("--forwarder takes 1 to 252 octets.")
    }
    return route
  }

  private static func settings(_ arguments: Arguments) throws(UsageError) -> NodeSettings {
    let identifier = try ClientOptions.identifier(arguments, else: ClientOptions.madeUpIdentifier)
    guard !identifier.isEmpty else { throw UsageError("A client identifier cannot be empty (-i).") }
    var settings = NodeSettings(clientIdentifier: identifier)
    settings.keepAlive = UInt16(clamping: arguments.integer(ClientOptions.keepAlive) ?? 60)
    try ClientOptions.checkKeeping(arguments, .mqtt311)
    settings.isCleanSession = !arguments.has(ClientOptions.keptSession)
    settings.will = try ClientOptions.will(arguments)
    settings.retryInterval = UInt32(clamping: arguments.integer(retryInterval) ?? 10_000)
    return settings
  }

  /// Says on standard error what is not as it should be.
  func warn(_ text: String) {
    if !isQuiet { StandardError.write(line: "Warning: \(text)") }
  }

  /// Says on standard error what went wrong.
  func complain(_ text: String) {
    if !isQuiet { StandardError.write(line: "Error: \(text)") }
  }
}

/// A topic of the command line, as MQTT-SN names it.
enum NodeTopic {
  /// A name or a filter: it gets an id.
  case name([UInt8])
  /// What needs no id.
  case reference(TopicReference)

  /// The topic of these octets; where `isShort`, two of them are a short name.
  init(_ name: [UInt8], isShort: Bool) {
    if isShort, let reference = TopicReference(shortName: name.span) {
      self = .reference(reference)
    } else {
      self = .name(name)
    }
  }

  /// How it is called.
  var words: String {
    switch self {
    case .name(let name): String(decoding: name, as: UTF8.self)
    case .reference(let reference): reference.words
    }
  }

  /// Calls `body` with the topic of a SUBSCRIBE or UNSUBSCRIBE.
  func withTopic<Failure: Error>(
    _ body: (consuming SubscriptionTopic) throws(Failure) -> Void
  ) throws(Failure) {
    switch self {
    case .name(let name): try body(.name(name.span))
    case .reference(.short(let octets)): try body(.short(octets))
    case .reference(let reference): try body(.predefined(reference.rawValue))
    }
  }
}

extension TopicReference {
  /// A short name as it is; an id by its kind and number.
  var words: String {
    switch self {
    case .normal(let id): "id:\(id)"
    case .predefined(let id): "predefined:\(id)"
    case .short: String(of: octets.span)
    }
  }
}

extension ReturnCode {
  /// What a refusal means; a number where it is none that is known.
  var words: String {
    switch self {
    case .accepted: "accepted"
    case .congestion: "congestion"
    case .invalidTopicID: "invalid topic id"
    case .notSupported: "not supported"
    default: "return code \(rawValue)"
    }
  }
}

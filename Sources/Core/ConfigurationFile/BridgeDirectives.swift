extension Directive {
  /// Bridges to other brokers: where they are, and what is shared with them.
  static let bridges: [Directive] =
    bridgeBlocks + bridgeStarts + bridgeSessions + bridgePackets + bridgeNotifications
    + bridgeNetworks + bridgeTLS

  /// Whether a value is not to be shown, also where it is wrong.
  static func isSecret(_ option: Substring) -> Bool {
    ["bridge_psk", "local_password", "password", "remote_password"].contains(option)
  }

  private static let bridgeBlocks: [Directive] = [
    .special(
      "connection", "NAME", initial: "",
      "A bridge to another broker; the options of bridges after it are its own. Repeatable, with "
        + "another name each."
    ) { draft, text throws(Fault) in
      guard !draft.configuration.bridges.contains(where: { $0.name == text }) else {
        throw .worded("Duplicate bridge name \"\(text)\".")
      }
      draft.configuration.bridges.append(BridgeSettings(name: String(text)))
    },
    addresses("address", "The remote broker, and others to fall back to: 1883 without a port."),
    addresses("addresses", "Another name of address."),
    .bridgeSpecial(
      "topic", BridgeTopic.form, initial: "",
      "What is shared: the pattern is a Topic Filter, or \"\" where the prefixes are all. What begins "
        + "with the local prefix here begins with the remote one there. out and QoS 0 without more. "
        + "Repeatable."
    ) { bridge, text throws(Fault) in bridge.topics.append(try BridgeTopic(text)) },
    .bridge(
      "bridge_reload_type", .word(["lazy": .lazy, "immediate": .immediate]), \.reload,
      "When options take effect that have changed at SIGHUP: with the next connection, or at once."),
  ]

  private static let bridgeStarts: [Directive] = [
    Directive.bridgeSpecial(
      "start_type", "automatic, lazy, once", initial: "automatic",
      "Whether the bridge connects always, when threshold messages wait, or once."
    ) { bridge, text throws(Fault) in
      if text == "manual" { throw .worded("Manual start_type not supported.") }
      bridge.start = try ValueKind<BridgeSettings.Start>.word(
        ["automatic": .automatic, "lazy": .lazy, "once": .once]
      ).read(text)
    },
    .bridgeLeast(
      "threshold", 1, \.threshold, "threshold too low, using 1 message.",
      "Messages that wait until a lazy bridge connects."),
    .bridgeLeast(
      "idle_timeout", 1, \.idleTimeout, "idle_timeout interval too low, using 1 second.",
      "Seconds without messages until a lazy bridge disconnects."),
    restartTimeout,
    .bridge(
      "round_robin", .boolean, \.isRoundRobin,
      "Whether the addresses are taken in turn. Else the bridge goes back to the first one as soon as "
        + "that answers."),
  ]

  private static func addresses(_ name: String, _ meaning: String) -> Directive {
    .bridgeSpecial(name, "HOST[:PORT] ...", initial: "", meaning) { bridge, text throws(Fault) in
      guard bridge.addresses.isEmpty else {
        throw .worded("Invalid bridge configuration: more than one \(name).")
      }
      for word in text.split(separator: " ") { bridge.addresses.append(try BridgeAddress(word)) }
    }
  }

  private static let restartTimeout = Directive.bridgeNoting(
    "restart_timeout", "SECONDS, or BASE CAP [STABLE]", initial: "5 30",
    "The wait before the bridge connects again. With two numbers it grows, by chance, from the first "
      + "to the second; with STABLE it is short again only after a connection of so many seconds."
  ) { bridge, text throws(Fault) in
    bridge.restart = try RestartTimeout(text)
    guard bridge.restart.base == 0 else { return nil }
    bridge.restart.base = 1
    bridge.restart.cap = max(bridge.restart.cap, 1)
    return "restart_timeout interval too low, using 1 second."
  }
}

extension RestartTimeout {
  /// Reads one to three numbers.
  init(_ text: Substring) throws(ConfigurationError.Fault) {
    let limits: [UInt32] = [3600, 7200, .max]
    let numbers = text.split(separator: " ").map { UInt32($0) }
    guard (1...3).contains(numbers.count) else { throw .invalid(expected: Self.form) }
    var read: [UInt32] = []
    for (number, limit) in zip(numbers, limits) {
      guard let number, number <= limit else { throw .invalid(expected: Self.form) }
      read.append(number)
    }
    self.init()
    base = read[0]
    cap = read.count > 1 ? read[1] : base
    stable = read.count > 2 ? read[2] : 0
    if cap < base { throw .worded("backoff cap is lower than the base in restart_timeout.") }
  }

  private static let form = "one to three numbers"
}

extension BridgeAddress {
  /// Reads `HOST`, `HOST:PORT`, `[::1]:PORT` or a bare address of IPv6.
  init(_ word: Substring) throws(ConfigurationError.Fault) {
    self.init(host: String(word), port: 1883)
    if word.hasPrefix("["), let end = word.firstIndex(of: "]") {
      host = String(word[word.index(after: word.startIndex)..<end])
      let rest = word[word.index(after: end)...]
      if !rest.isEmpty { port = try Self.port(rest.hasPrefix(":") ? rest.dropFirst() : "") }
    } else if let colon = word.firstIndex(of: ":"), colon == word.lastIndex(of: ":") {
      host = String(word[..<colon])
      port = try Self.port(word[word.index(after: colon)...])
    }
    if host.isEmpty { throw .invalid(expected: "HOST[:PORT]") }
  }

  private static func port(_ text: Substring) throws(ConfigurationError.Fault) -> UInt16 {
    guard let port = UInt16(text), port > 0 else {
      throw .worded("Invalid port value (\(text)).")
    }
    return port
  }
}

extension Directive {
  /// Every option that is supported, by its name.
  static let byName: [String: Directive] = Dictionary(
    (global + listeners + serialLines + logging).map { ($0.name, $0) }, uniquingKeysWith: { $1 })

  private static let global: [Directive] = [
    .special("allow_anonymous") { draft, text throws(Fault) in
      draft.allowsAnonymous = try ValueKind.boolean.read(text)
    },
    .global("max_inflight_messages", .integer(0...65535), \.limits.maxInflightMessages),
    .global("max_queued_messages", .integer(0...Int(Int32.max)), \.limits.maxQueuedMessages),
    .global("max_packet_size", .integer(20...268_435_460), \.limits.maxPacketSize),
    .global("max_keepalive", .integer(0...65535), \.limits.maxKeepalive),
    .global("sys_interval", .integer(0...65535), \.limits.sysInterval),
    .global("persistent_client_expiration", .duration, \.limits.persistentClientExpiration),
    .global("set_tcp_nodelay", .boolean, \.limits.setsTCPNodelay),
    .global("gateway_id", .integer(1...255), \.gatewayID),
    .global("advertise_interval", .integer(0...65535), \.advertiseInterval),
    .special("predefined_topic", predefineTopic),
    .special("retry_interval") { draft, _ in
      draft.configuration.notices.append("The retry_interval option is no longer available.")
    },
  ]

  private static let listeners: [Directive] = [
    .special("listener") { draft, text throws(Fault) in
      var (port, place) = text.firstWord
      if place.hasPrefix("/") { throw .unsupportedValue }
      place = place.firstWord.word
      let number = try ValueKind<UInt16>.integer(0...65535).read(port)
      draft.open(
        ListenerSettings(port: number, place: place.isEmpty ? .everywhere : .host(String(place))))
    },
    .special("port") { draft, text throws(Fault) in
      draft.defaultListener.port = try ValueKind<UInt16>.integer(0...65535).read(text)
      draft.openDefaultListener("port")
    },
    .special("bind_address") { draft, text in
      draft.defaultListener.place = .host(String(text))
      draft.openDefaultListener("bind_address")
    },
    .listener(
      "protocol", .word(["mqtt": .mqtt, "mqttsn": .mqttsn], later: ["websockets", "http_api"]),
      \.speech),
    .listener("max_connections", .limit, \.maxConnections),
  ]

  private static let serialLines: [Directive] = [
    .special("serial") { draft, text in
      draft.configuration.serialLines.append(SerialLineSettings(path: String(text)))
      draft.block = .serialLine
    },
    .serialLine("serial_baud", .integer(50...4_000_000), \.baud),
    .serialLine("serial_framing", .word(["hdlc": .hdlc, "raw": .raw], later: ["xbee"]), \.framing),
    .serialLine("serial_max_frame", .integer(16...65535), \.maxFrame),
  ]

  private static let logging: [Directive] = [
    .special("log_type") { draft, text throws(Fault) in
      let types = try logTypes.read(text)
      let known = draft.hasLogTypes && !types.isEmpty ? draft.configuration.logging.types : []
      draft.configuration.logging.types = known.union(types)
      draft.hasLogTypes = true
    },
    .special("log_dest", addLogDestination),
    .global("log_timestamp", .boolean, \.logging.stampsTime),
    .global("connection_messages", .boolean, \.logging.showsConnections),
  ]

  private static let logTypes = ValueKind<LogTypes>.word([
    "error": .error, "warning": .warning, "notice": .notice, "information": .information,
    "debug": .debug, "subscribe": .subscribe, "unsubscribe": .unsubscribe,
    "websockets": .websockets, "internal": .internal, "none": [], "all": .all,
  ])

  @Sendable
  private static func addLogDestination(
    _ draft: inout ConfigurationDraft, _ text: Substring
  ) throws(Fault) {
    let (word, path) = text.firstWord
    if ["syslog", "topic", "dlt", "android"].contains(word) { throw .unsupportedValue }
    var logging = draft.configuration.logging
    if !draft.hasLogDestinations || word == "none" {
      logging.toStandardError = false
      logging.toStandardOutput = false
      logging.file = nil
    }
    switch word {
    case "stderr": logging.toStandardError = true
    case "stdout": logging.toStandardOutput = true
    case "file" where !path.isEmpty: logging.file = String(path)
    case "none": break
    default: throw .invalid(expected: "stderr, stdout, file PATH, none")
    }
    draft.configuration.logging = logging
    draft.hasLogDestinations = true
  }

  @Sendable
  private static func predefineTopic(
    _ draft: inout ConfigurationDraft, _ text: Substring
  ) throws(Fault) {
    let (number, rest) = text.firstWord
    // [SN 5.3.11]: 0x0000 and 0xFFFF are reserved.
    let id = try ValueKind<UInt16>.integer(1...65534).read(number)
    let (name, client) = rest.firstWord
    guard !name.isEmpty, name.utf8.count <= 65535,
      !name.unicodeScalars.contains(where: { "+#\0".unicodeScalars.contains($0) })
    else { throw .invalid(expected: "ID NAME [CLIENTID], the name without wildcards") }
    let topic = PredefinedTopic(
      id: id, name: String(name), clientID: client.isEmpty ? nil : String(client))
    let isTaken = draft.configuration.predefinedTopics.contains {
      $0.id == id && $0.clientID == topic.clientID
    }
    if isTaken { throw .invalid(expected: "a topic id that is not taken yet") }
    draft.configuration.predefinedTopics.append(topic)
  }
}

extension ConfigurationDraft {
  fileprivate mutating func openDefaultListener(_ option: String) {
    if !opensDefaultListener, defaultListener.place == .loopback {
      defaultListener.place = .everywhere
    }
    opensDefaultListener = true
    configuration.notices.append(
      "The '\(option)' option is now deprecated. Please use 'listener' instead.")
  }
}

extension Directive {
  /// Every option that is supported, in the order of the documentation.
  static let all: [Directive] =
    listeners + access + limits + messaging + status + logging + gateway + serialLines

  /// The same by name.
  static let byName: [String: Directive] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

  private static let access: [Directive] = [
    .special(
      "allow_anonymous", ValueKind.boolean.expected,
      initial: "false; true without any listener",
      "Whether clients without a user name get in."
    ) { draft, text throws(Fault) in
      draft.allowsAnonymous = try ValueKind.boolean.read(text)
    }
  ]

  private static let status: [Directive] = [
    .global(
      "sys_interval", .integer(0...65535), \.limits.sysInterval,
      "Seconds between two rounds of `$SYS`; 0 for none.")
  ]

  private static let gateway: [Directive] = [
    .global(
      "gateway_id", .integer(1...255), \.gatewayID,
      "The gateway's own number in ADVERTISE and GWINFO."),
    .global(
      "advertise_interval", .integer(0...65535), \.advertiseInterval,
      "Seconds between two ADVERTISE messages; 0 for none."),
    .special(
      "predefined_topic", "ID NAME [CLIENTID]", initial: "",
      "A topic that nodes know by number, all of them or the one. Repeatable.", predefineTopic),
  ]

  private static let serialLines: [Directive] = [
    .special("serial", "PATH", initial: "", "A serial line that carries nodes. Repeatable.") {
      draft, text in
      draft.configuration.serialLines.append(SerialLineSettings(path: String(text)))
      draft.block = .serialLine
    },
    .serialLine("serial_baud", .integer(50...4_000_000), \.baud, "Bits per second."),
    .serialLine(
      "serial_framing", .word(["hdlc": .hdlc, "raw": .raw, "xbee": .xbee]), \.framing,
      "How messages are cut out of the line's octets: [SerialFraming.md](SerialFraming.md)."),
    .serialLine(
      "serial_xbee_mode", .integer(1...2), \.xbeeMode,
      "The API mode of the radio behind `serial_framing xbee`: 2 escapes, 1 does not."),
    .serialLine(
      "serial_max_frame", .integer(16...2048), \.maxFrame, "The longest frame body in octets."),
  ]

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

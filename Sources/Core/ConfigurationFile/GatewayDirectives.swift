extension Directive {
  /// The gateway, and what it knows beforehand.
  static let gateway: [Directive] = [
    .global(
      "gateway_id", .integer(1...255), \.gatewayID,
      "The gateway's own number in ADVERTISE and GWINFO."),
    .global(
      "advertise_interval", .integer(0...65535), \.advertiseInterval,
      "Seconds between two ADVERTISE messages; 0 for none."),
    .global(
      "forwarders", .word(["local": .local, "true": .everywhere, "false": .nowhere]),
      \.gateway.forwarders, counted: .at("gateway/total/forwarders_refused"),
      "Whether forwarders may speak for nodes: on serial lines and loopback, everywhere, nowhere."),
    .global(
      "publish_without_connection", .boolean, \.gateway.allowsPublishWithoutConnection,
      counted: .at("gateway/total/publishes_refused"),
      "Whether messages of QoS -1 are taken."),
    .special(
      "predefined_topic", "ID NAME [CLIENTID]", initial: "",
      "A topic that nodes know by number, all of them or the one. Repeatable.", predefineTopic),
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

extension Directive {
  /// Where to listen, and what holds for the connections of one listener.
  static let listeners: [Directive] = [
    .special(
      "listener", "PORT [ADDRESS], or 0 PATH", initial: "1883 on loopback, with MQTT-SN on 1884",
      "Listens at a port, 0 for any, of one address or all; or on the Unix socket PATH, which has "
        + "a slash in it. Repeatable."
    ) { draft, text throws(Fault) in
      let (port, place) = text.firstWord
      let number = try ValueKind<UInt16>.integer(0...65535).read(port)
      if place.utf8.contains(UInt8(ascii: "/")) {
        guard number == 0 else { throw .invalid(expected: "port 0 in front of a path") }
        return draft.open(ListenerSettings(port: 0, place: .path(String(place))))
      }
      let host = place.firstWord.word
      draft.open(
        ListenerSettings(port: number, place: host.isEmpty ? .everywhere : .host(String(host))))
    },
    .special(
      "port", ValueKind<UInt16>.integer(0...65535).expected, initial: "1883",
      "Opens the default listener. Deprecated."
    ) { draft, text throws(Fault) in
      draft.defaultListener.port = try ValueKind<UInt16>.integer(0...65535).read(text)
      draft.openDefaultListener("port")
    },
    .special(
      "bind_address", "ADDRESS", initial: "",
      "Opens the default listener at one address. Deprecated."
    ) { draft, text in
      draft.defaultListener.place = .host(String(text))
      draft.openDefaultListener("bind_address")
    },
    .listener(
      "socket_domain", .optional(.word(["ipv4": .ipv4, "ipv6": .ipv6])), \.domain,
      "The one kind of addresses that is bound to."),
    .listener(
      "bind_interface", .optional(.text(atMost: 15)), \.interface,
      "The network interface, as eth0, on which alone clients get in."),
    .listener(
      "protocol",
      .word(
        ["mqtt": .mqtt, "mqttsn": .mqttsn, "websockets": .websockets]),
      \.speech, "MQTT as it is, MQTT-SN over UDP, or MQTT over WebSocket."),
    .listenerTexts(
      "multicast_group", "ADDRESS [PORT]", \.multicastGroups,
      "A group in which nodes look for the gateway, and hear of it, where MQTT-SN is spoken: "
        + "225.1.1.1 1883 for many of them, or one of IPv6 with its interface, ff02::1%eth0. "
        + "Without a port the listener's. Repeatable."),
    .listener(
      "multicast_hops", .integer(1...255), \.multicastHops, needsListener: true,
      "How far multicasts go: 1 for no further than the next router."),
    .listener(
      "mount_point", .topicPrefix, \.mountPoint, needsListener: true,
      "What all topics of its clients begin with, unseen by them: they publish, subscribe and leave "
        + "wills below it. No wildcards, and no $ at the start."),
    .listener(
      "max_connections", .limit, \.maxConnections, counted: .itself,
      "Connections of the listener; -1 and 0 for no limit."),
    .listener(
      "max_qos", .integer(0...2), \.maxQoS, counted: .itself,
      "The highest QoS to publish with: a client with a higher one is closed."),
    .listener(
      "maximum_qos", .integer(0...2), \.maxQoS, counted: .with("max_qos"),
      "Another name of max_qos."),
    .listener(
      "max_topic_alias", .integer(0...65535), \.maxTopicAlias, needsListener: true,
      counted: .itself, "Topic Aliases that a client may use: one that uses a higher is closed."),
    .listener(
      "max_topic_alias_broker", .integer(0...65535), \.maxTopicAliasBroker, needsListener: true,
      "Topic Aliases that are used toward a client, if it takes that many."),
    .listener(
      "accept_protocol_versions", .versions, \.versions, needsListener: true, counted: .itself,
      "The versions of MQTT that are spoken: 3.1, 3.1.1, 5.0."),
  ]
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

import MQTTTerms

// Who a bridge is on both sides, and what it says.
extension Directive {
  static let bridgeSessions: [Directive] = [
    .bridge(
      "bridge_protocol_version",
      .word(["mqttv31": .mqtt31, "mqttv311": .mqtt311, "mqttv50": .mqtt50]), \.remote.version,
      "The version of MQTT that is spoken to the remote broker."),
    .bridgeText(
      "remote_clientid", \.remote.clientID, initial: "NAME.HOSTNAME",
      "The client identifier at the remote broker."),
    .bridgeText("clientid", \.remote.clientID, "Another name of remote_clientid."),
    .bridgeText("remote_username", \.remote.userName, "The user name at the remote broker."),
    .bridgeText("username", \.remote.userName, "Another name of remote_username."),
    .bridgeText("remote_password", \.remote.password, "The password at the remote broker."),
    .bridgeText("password", \.remote.password, "Another name of remote_password."),
    .bridgeText(
      "local_clientid", \.local.clientID, initial: "local.REMOTE_CLIENTID",
      "The client identifier at the own broker."),
    .bridgeText(
      "local_username", \.local.userName,
      "The user that the bridge is at the own broker, with that user's rights. Without one the bridge "
        + "may do all that its topics say."),
    .bridgeText("local_password", \.local.password, "That user's password."),
    .bridge(
      "cleansession", .boolean, \.remote.isClean,
      "Whether the session at the remote broker ends with the connection."),
    .bridgeSpecial(
      "local_cleansession", ValueKind.boolean.expected, initial: "as cleansession",
      "Whether the session at the own broker does, so that nothing waits for a bridge that is away."
    ) { bridge, text throws(Fault) in bridge.local.isClean = try ValueKind.boolean.read(text) },
    .bridgeLeast(
      "keepalive_interval", 5, \.remote.keepAlive,
      "keepalive interval too low, using 5 seconds.",
      "Seconds of silence after which the remote broker is asked whether it is there."),
    .bridge(
      "try_private", .boolean, \.remote.showsBridge,
      "Whether the bridge says that it is one, so that the remote broker keeps its own messages from "
        + "it."),
    .bridge(
      "bridge_attempt_unsubscribe", .boolean, \.remote.unsubscribes,
      "Whether the bridge unsubscribes from topics that only go out."),
  ]

  static let bridgePackets: [Directive] = [
    .bridge(
      "bridge_outgoing_retain", .boolean, \.remote.keepsRetain,
      "Whether retained messages are sent as such."),
    .bridge(
      "bridge_max_packet_size", .integer(0...UInt32.max), \.remote.maxPacketSize,
      "Octets of the largest packet to send, if the remote broker does not take less; 0 for no limit. "
        + "Larger messages are dropped."),
    .bridge(
      "bridge_max_topic_alias", .integer(0...65535), \.remote.maxTopicAlias,
      "Topic Aliases either way, with mqttv50."),
    .bridgeSpecial(
      "bridge_receive_maximum", ValueKind<UInt16>.integer(1...65535).expected,
      initial: "",
      "Messages of QoS 1 and 2 that the remote broker may have on their way here, with mqttv50; as "
        + "many as max_inflight_messages without it."
    ) { bridge, text throws(Fault) in
      bridge.remote.receiveMaximum = try ValueKind<UInt16>.integer(1...65535).read(text)
    },
    .bridge(
      "bridge_session_expiry_interval", .integer(0...UInt32.max), \.remote.sessionExpiry,
      "Seconds that the session at the remote broker outlives the connection, with mqttv50."),
  ]

  static let bridgeNotifications: [Directive] = [
    .bridge(
      "notifications", .boolean, \.notifications.areSent,
      "Whether a retained 1 or 0 tells both brokers that the bridge is connected or not."),
    .bridge(
      "notifications_local_only", .boolean, \.notifications.areLocal,
      "Whether that is told to the own broker only."),
    .bridgeSpecial(
      "notification_topic", "TOPIC", initial: "$SYS/broker/connection/REMOTE_CLIENTID/state",
      "Where it is told."
    ) { bridge, text throws(Fault) in
      let octets = Array(text.utf8)
      guard isTopicName(octets.span) else { throw .invalid(expected: "a topic name") }
      bridge.notifications.topic = String(text)
    },
  ]
}

extension Directive {
  /// How sessions and messages are treated where there is a choice.
  static let messaging: [Directive] = [
    .global(
      "retain_available", .boolean, \.messaging.isRetainAvailable, counted: .itself,
      "Whether MQTT clients may have messages retained: if not, one that tries is closed."),
    .special(
      "retain_expiry_interval", ValueKind<Int>.bound.expected, initial: "",
      "Has no effect: retained messages end to the second."
    ) { draft, text throws(Fault) in
      _ = try ValueKind<Int>.bound.read(text)
      draft.configuration.notices.append(
        "The retain_expiry_interval option has no effect: retained messages end to the second.")
    },
    .global(
      "queue_qos0_messages", .boolean, \.messaging.queuesQoS0,
      "Whether QoS 0 messages wait for clients that are away."),
    .global(
      "upgrade_outgoing_qos", .boolean, \.messaging.upgradesQoS,
      "Whether a message goes out with the QoS of the subscription, even when that is higher."),
    .global(
      "allow_duplicate_messages", .boolean, \.messaging.deliversOverlaps,
      "Whether a client before 5.0 gets a copy for each of its subscriptions that match. Clients "
        + "of 5.0 get one with all Subscription Identifiers."),
    .global(
      "check_payload_format", .boolean, \.messaging.checksPayloadFormat,
      counted: .at("publish/messages/dropped"),
      "Whether a payload that is said to be text must be UTF-8: another is answered and dropped."),
    .special("retry_interval", "anything", initial: "", "Has no effect any more.") { draft, _ in
      draft.configuration.notices.append("The retry_interval option is no longer available.")
    },
  ]
}

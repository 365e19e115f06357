extension Directive {
  /// Who gets in, and what they may do.
  static let access: [Directive] = [
    .special(
      "per_listener_settings", ValueKind.boolean.expected, initial: "false",
      "Whether options for security hold for the listener that they follow, instead of everybody. "
        + "Those before any listener hold for the default one and for nodes then. Must stand before "
        + "all of them. Deprecated."
    ) { draft, text throws(Fault) in
      let isPerListener = try ValueKind.boolean.read(text)
      if isPerListener != draft.isPerListener, !draft.securityOptions.isEmpty { throw .late }
      draft.isPerListener = isPerListener
    },
    .security(
      "allow_anonymous", .boolean, \.allowsAnonymous, initial: "false; true without any listener",
      "Whether clients without a user name get in."),
    .listener(
      "listener_allow_anonymous", .optional(.boolean), \.allowsAnonymous, needsListener: true,
      "The same for one listener, whatever allow_anonymous says."),
    .security(
      "password_file", .path, \.passwordFile,
      "A file with the users and the hashes of their passwords, as mosquitto_passwd writes it. Read "
        + "again at SIGHUP."),
    .security(
      "acl_file", .path, \.aclFile,
      "A file that says who may publish and get what; everything else is refused then. Read again "
        + "at SIGHUP."),
    .security(
      "psk_file", .path, \.sharedKeyFile,
      "A file with an identity, a colon and a secret in hexadecimal to a line. Read again at SIGHUP."
    ),
    .security(
      "allow_zero_length_clientid", .boolean, \.allowsEmptyClientID,
      counted: .at("refusals/count"),
      "Whether a client may leave the choice of its identifier to the broker."),
    .security(
      "auto_id_prefix", .text(atMost: 50), \.clientIDPrefix,
      "What such an identifier begins with."),
    .listener(
      "listener_auto_id_prefix", .optional(.text(atMost: 50)), \.clientIDPrefix,
      needsListener: true, "The same for one listener, whatever auto_id_prefix says."),
    .listener(
      "use_username_as_clientid", .boolean, \.identifiesByUserName,
      "Whether a client's identifier is its user name, whatever it says: without one it does not get "
        + "in, and one user has one session."),
    .global(
      "clientid_prefixes", .optional(.text(atMost: 1024)), \.messaging.clientIDPrefix,
      "What the identifiers of MQTT clients must begin with. Deprecated."),
    .global(
      "check_retain_source", .boolean, \.messaging.checksRetainedSource,
      "Whether a retained message is kept back whose publisher may not publish it any more."),
    .special(
      "auth_plugin_deny_special_chars", ValueKind.boolean.expected, initial: "true",
      "Has no effect: user names and identifiers with + or # never stand for more than themselves."
    ) { draft, text throws(Fault) in
      if try ValueKind.boolean.read(text) { return }
      draft.configuration.notices.append(
        "The auth_plugin_deny_special_chars option has no effect: user names and identifiers with "
          + "+ or # never stand for more than themselves.")
    },
  ]
}

extension Directive {
  /// Who gets in, and what they may do.
  static let access: [Directive] = [
    .special(
      "allow_anonymous", ValueKind.boolean.expected,
      initial: "false; true without any listener",
      "Whether clients without a user name get in."
    ) { draft, text throws(Fault) in
      draft.allowsAnonymous = try ValueKind.boolean.read(text)
    },
    .special(
      "password_file", "PATH", initial: "",
      "A file with the users and the hashes of their passwords, as mosquitto_passwd writes it. Read "
        + "again at SIGHUP."
    ) { draft, text in
      draft.configuration.passwordFile = String(text)
    },
    .special(
      "acl_file", "PATH", initial: "",
      "A file that says who may publish and get what; everything else is refused then. Read again "
        + "at SIGHUP."
    ) { draft, text in
      draft.configuration.aclFile = String(text)
    },
  ]
}

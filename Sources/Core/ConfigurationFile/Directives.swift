extension Directive {
  /// Every option that is supported, in the order of the documentation.
  static let all: [Directive] =
    listeners + transports + access + limits + messaging + status + logging + gateway + nodes
    + serialLines

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
}

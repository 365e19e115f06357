extension Directive {
  /// Every option that is supported, in the order of the documentation.
  static let all: [Directive] =
    files + listeners + transports + tls + access + plugins + limits + messaging + storage + status
    + logging
    + gateway
    + nodes
    + serialLines
    + bridges

  /// The same by name.
  static let byName: [String: Directive] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

  private static let files: [Directive] = [
    .special(
      "include_dir", "PATH", initial: "",
      "Reads the files of a folder whose names end in `.conf`, in the order of the octets of their "
        + "names, in the main file only."
    ) { _, _ throws(Fault) in
      // The reader takes it; this is reached only in a file that is included itself.
      throw .misplaced(after: "main configuration")
    },
    .special(
      "pid_file", "PATH", initial: "", "Where the number of the daemon's process is written."
    ) { draft, text in draft.configuration.pidFile = String(text) },
    .special(
      "user", "NAME", initial: "martlet, else mosquitto, else nobody",
      "The account that the daemon runs as when root starts it, once its ports are open; root for no "
        + "other. The variables PUID and PGID go before."
    ) { draft, text in draft.configuration.user = String(text) },
  ]

  private static let status: [Directive] = [
    .global(
      "sys_interval", .integer(0...65535), \.limits.sysInterval,
      "Seconds between two rounds of `$SYS`; 0 for none."),
    .global(
      "enable_control_api", .boolean, \.tellsOfItself,
      "Whether the broker answers `listListeners` and `listPlugins` at `$CONTROL/broker/v1`, who may "
        + "publish there."),
  ]
}

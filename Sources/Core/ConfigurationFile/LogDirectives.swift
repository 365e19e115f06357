extension Directive {
  /// What is logged, and to where.
  static let logging: [Directive] = [
    .special(
      "log_type", logTypes.expected, initial: "error, warning, notice, information",
      "A kind of line that is logged. Repeatable."
    ) { draft, text throws(Fault) in
      let types = try logTypes.read(text)
      let known = draft.hasLogTypes && !types.isEmpty ? draft.configuration.logging.types : []
      draft.configuration.logging.types = known.union(types)
      draft.hasLogTypes = true
    },
    .special(
      "log_dest", "stderr, stdout, file PATH, none", initial: "stderr",
      "Where lines go. Repeatable.", addLogDestination),
    .global(
      "log_timestamp", .boolean, \.logging.stampsTime, "Whether each line begins with the time."),
    .special(
      "log_timestamp_format", "a format for strftime(3)", initial: "seconds since 1970",
      "How the time is written, in local time."
    ) { draft, text throws(Fault) in
      draft.configuration.logging.timestampFormat = String(text)
    },
    .global(
      "connection_messages", .boolean, \.logging.showsConnections,
      "Whether connects and disconnects are logged."),
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
    if ["syslog", "topic"].contains(word) { throw .unsupportedValue }
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
}

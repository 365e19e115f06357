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
      "log_dest", destinations, initial: "stderr",
      "Where lines go; topic is `$SYS/broker/log/` and a letter. Repeatable.", addLogDestination),
    .special(
      "log_facility", ValueKind<UInt8>.integer(0...7).expected, initial: "",
      "The facility of the system's log, local0 to local7; otherwise it is daemon."
    ) { draft, text throws(Fault) in
      draft.configuration.logging.localFacility = try ValueKind<UInt8>.integer(0...7).read(text)
    },
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

  private static let destinations = "stderr, stdout, file PATH, syslog, topic, none"

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
    var logging = draft.configuration.logging
    if !draft.hasLogDestinations || word == "none" { logging.silence() }
    switch word {
    case "stderr": logging.toStandardError = true
    case "stdout": logging.toStandardOutput = true
    case "syslog": logging.toSystemLog = true
    case "topic": logging.toTopics = true
    case "file" where logging.file != nil: throw .invalid(expected: "one file only")
    case "file" where !path.isEmpty: logging.file = String(path)
    case "none": break
    default: throw .invalid(expected: destinations)
    }
    draft.configuration.logging = logging
    draft.hasLogDestinations = true
  }
}

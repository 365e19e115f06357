/// What is logged, and to where.
public struct LogSettings: Sendable, Equatable {
  /// The kinds of lines that are logged (`log_type`).
  public var types = LogTypes.usual
  /// Whether lines go to standard error (`log_dest stderr`).
  public var toStandardError = true
  /// Whether lines go to standard output (`log_dest stdout`).
  public var toStandardOutput = false
  /// The file that lines are appended to (`log_dest file PATH`).
  public var file: String?
  /// Whether lines go to the system's log (`log_dest syslog`).
  public var toSystemLog = false
  /// The facility there, `localN`; nil for "daemon" (`log_facility`).
  public var localFacility: UInt8?
  /// Whether lines are published (`log_dest topic`).
  public var toTopics = false
  /// Whether each line begins with the time (`log_timestamp`).
  public var stampsTime = true
  /// The form of the time for strftime(3); nil for seconds since 1970 (`log_timestamp_format`).
  public var timestampFormat: String?
  /// Whether connects and disconnects are logged (`connection_messages`).
  public var showsConnections = true

  /// The defaults: the usual types to standard error.
  public init() {}

  /// Takes all destinations away (`log_dest none`).
  public mutating func silence() {
    toStandardError = false
    toStandardOutput = false
    toSystemLog = false
    toTopics = false
    file = nil
  }
}

/// A set of `log_type` values.
public struct LogTypes: OptionSet, Sendable {
  /// One bit for each type.
  public let rawValue: UInt16

  /// The set with these bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// `error`
  public static let error = LogTypes(rawValue: 1)
  /// `warning`
  public static let warning = LogTypes(rawValue: 2)
  /// `notice`
  public static let notice = LogTypes(rawValue: 4)
  /// `information`
  public static let information = LogTypes(rawValue: 8)
  /// `debug`
  public static let debug = LogTypes(rawValue: 16)
  /// `subscribe`
  public static let subscribe = LogTypes(rawValue: 32)
  /// `unsubscribe`
  public static let unsubscribe = LogTypes(rawValue: 64)
  /// `websockets`
  public static let websockets = LogTypes(rawValue: 128)
  /// `internal`
  public static let `internal` = LogTypes(rawValue: 256)
  /// What is logged when the file does not say: errors, warnings, notices and information.
  public static let usual: LogTypes = [.error, .warning, .notice, .information]
  /// Everything.
  public static let all = LogTypes(rawValue: 511)
}

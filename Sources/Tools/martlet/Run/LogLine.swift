import ConfigurationFile

/// A line for the log and its type.
struct LogLine {
  var type: LogTypes
  var text: String
  /// Whether `connection_messages false` hides it.
  var isAboutConnection = false
  var subject = Subject()

  /// Whom a line is about: fields of their own in the journal. Empty where there is nobody.
  struct Subject {
    var clientID = ""
    var peer = ""
    var userName = ""
    /// The Client Identifier again, where it is a node's.
    var node = ""
  }
}

extension LogTypes {
  /// syslog(3)'s number for a line's type.
  var severity: Int32 {
    switch self {
    case .error: 3
    case .warning: 4
    case .notice, .subscribe, .unsubscribe: 5
    case .information: 6
    default: 7
    }
  }

  /// Where lines of a type are published; nil for those that are not: what a published line sets off
  /// is one of these.
  var topic: String? {
    switch self {
    case .error: "$SYS/broker/log/E"
    case .warning: "$SYS/broker/log/W"
    case .notice: "$SYS/broker/log/N"
    case .information: "$SYS/broker/log/I"
    case .subscribe: "$SYS/broker/log/M/subscribe"
    case .unsubscribe: "$SYS/broker/log/M/unsubscribe"
    case .websockets: "$SYS/broker/log/WS"
    default: nil
    }
  }
}

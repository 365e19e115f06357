import Glibc

/// The service manager that has started the process and wants to know how it is: datagrams to the
/// socket that the variable NOTIFY_SOCKET names, as sd_notify(3) describes them.
public struct Supervisor: Sendable {
  private let socket: String
  /// Milliseconds within which the manager wants to hear from the process; nil when it does not.
  public let watchdogInterval: UInt64?

  /// The manager that the environment tells of; nil when there is none.
  public init?() {
    guard let socket = Environment["NOTIFY_SOCKET"], !socket.isEmpty else { return nil }
    self.socket = socket
    watchdogInterval = Self.watchdogInterval(
      microseconds: Environment["WATCHDOG_USEC"], process: Environment["WATCHDOG_PID"])
  }

  private static func watchdogInterval(microseconds: String?, process: String?) -> UInt64? {
    guard let microseconds = microseconds.flatMap(UInt64.init), microseconds > 0 else { return nil }
    // The variables may be left over from a parent whom they were meant for.
    if let process, Int32(process) != getpid() { return nil }
    return max(microseconds / 1000, 1)
  }

  /// Tells the manager some `NAME=VALUE` lines.
  public func tell(_ lines: String) throws(SystemError) {
    let datagrams = try UnixDatagrams(to: socket, of: "the service manager")
    guard datagrams.send(Array(lines.utf8)) else {
      throw .last("tell the service manager at \(socket)")
    }
  }
}

/// The variables of the environment.
enum Environment {
  /// A variable's value; nil where there is none.
  static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

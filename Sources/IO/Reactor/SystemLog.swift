import CLinux
import Glibc

/// The system's log, by syslog(3). A process has one, which stays open.
public struct SystemLog: Sendable {
  /// The most octets of a line; more are cut off.
  public static let longestLine = 8192

  private let local: Int32

  /// Opens it for the facility `localN`; for "daemon" without a number.
  public init(localFacility: UInt8?) {
    local = localFacility.map { Int32($0) } ?? -1
    linux_open_system_log()
  }

  /// Writes one line. `severity` is 3 for errors to 7 for what only helps to find them.
  public func write(_ severity: Int32, _ line: String) {
    linux_system_log(
      local, severity, String(decoding: line.utf8.prefix(Self.longestLine), as: UTF8.self))
  }
}

import CLinux
import Glibc

/// The service manager that has started the process and wants to know how it is: datagrams to the
/// socket that the variable NOTIFY_SOCKET names, as sd_notify(3) describes them.
public struct Supervisor: Sendable {
  private let socket: String
  /// Milliseconds within which the manager wants to hear from the process; nil when it does not.
  public let watchdogInterval: UInt64?

  /// The manager that the environment tells of; nil when there is none.
  public init?() {
    guard let socket = Self.variable("NOTIFY_SOCKET"), !socket.isEmpty else { return nil }
    self.socket = socket
    watchdogInterval = Self.watchdogInterval(
      microseconds: Self.variable("WATCHDOG_USEC"), process: Self.variable("WATCHDOG_PID"))
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func watchdogInterval(microseconds: String?, process: String?) -> UInt64? {
    guard let microseconds = microseconds.flatMap(UInt64.init), microseconds > 0 else { return nil }
    // The variables may be left over from a parent whom they were meant for.
    if let process, Int32(process) != getpid() { return nil }
    return max(microseconds / 1000, 1)
  }

  /// Tells the manager some `NAME=VALUE` lines.
  public func tell(_ lines: String) throws(SystemError) {
    let number = linux_socket(AF_UNIX, linux_datagram_type())
    guard number >= 0 else { throw .last("open a socket for \(socket)") }
    let descriptor = Descriptor(owning: number)
    var (address, length) = try address()
    let connected = withUnsafePointer(to: &address) {
      linux_connect(descriptor.number, $0, length)
    }
    guard connected == 0 else { throw .last("connect to the service manager at \(socket)") }
    let text = Array(lines.utf8)
    guard linux_send(descriptor.number, text, text.count) == text.count else {
      throw .last("tell the service manager at \(socket)")
    }
  }

  /// A path, or with `@` in front a name without a file, which has no NUL at its end.
  private func address() throws(SystemError) -> (sockaddr_un, UInt32) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var octets = Array(socket.utf8)
    let isAbstract = octets.first == UInt8(ascii: "@")
    guard isAbstract || octets.first == UInt8(ascii: "/"),
      octets.count < MemoryLayout.size(ofValue: address.sun_path)
    else {
      throw SystemError("use NOTIFY_SOCKET \(socket)", reason: "it is no socket's path or name")
    }
    if isAbstract { octets[0] = 0 } else { octets.append(0) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    return (address, UInt32(start + octets.count))
  }
}

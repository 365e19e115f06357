import CLinux
import CSerialPort
import Glibc
import Reactor

/// An open serial port, raw 8N1 without flow control: what the reactor reads and writes.
///
/// Real ports are opened and configured by libserialport. It refuses pseudo-terminals, so those are
/// configured here. Either way the library is done then: its reads do not notice an unplug.
enum SerialPort: ~Copyable {
  /// A real port.
  case library(LibraryPort)
  /// A pseudo-terminal.
  case terminal(Descriptor)

  /// Opens the port at `path` (links are followed) for this process alone.
  static func open(_ path: String, baud: Int) throws(SystemError) -> SerialPort {
    guard baud > 0, baud <= Int(Int32.max) else {
      throw SystemError("open \(path) at \(baud) baud", code: EINVAL)
    }
    let real = try realPath(path)
    let isPseudoTerminal = real.hasPrefix("/dev/pts/")
    let port: SerialPort =
      isPseudoTerminal
      ? .terminal(try openTerminal(real, baud: baud))
      : .library(try LibraryPort.open(real, baud: baud))
    guard linux_terminal_claim(port.number) == 0 else { throw .last("claim \(path)") }
    return port
  }

  /// The descriptor to watch.
  var number: Int32 {
    switch self {
    case .library(let port): port.number
    case .terminal(let descriptor): descriptor.number
    }
  }

  // The library looks ports up by the names in /sys/class/tty, so it knows no links.
  private static func realPath(_ path: String) throws(SystemError) -> String {
    guard let real = realpath(path, nil) else { throw .last("open \(path)") }
    defer { free(real) }
    return String(cString: real)
  }

  private static func openTerminal(_ path: String, baud: Int) throws(SystemError) -> Descriptor {
    let number = Glibc.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { throw .last("open \(path)") }
    let descriptor = Descriptor(owning: number)
    guard linux_terminal_configure(number, UInt32(baud)) == 0 else {
      throw .last("set \(baud) baud on \(path)")
    }
    return descriptor
  }
}

/// A port that libserialport opened, closed by it.
struct LibraryPort: ~Copyable {
  private let port: OpaquePointer
  private(set) var number: Int32 = -1

  private init(_ port: OpaquePointer) { self.port = port }

  static func open(_ path: String, baud: Int) throws(SystemError) -> LibraryPort {
    var found: OpaquePointer?
    let status = sp_get_port_by_name(path, &found)
    guard status == SP_OK, let found else { throw failure("open \(path)", status) }
    var opened = LibraryPort(found)
    try check(sp_open(found, SP_MODE_READ_WRITE), "open \(path)")
    try opened.configure("set 8N1 on \(path)")
    try check(sp_get_port_handle(found, &opened.number), "open \(path)")
    // The library lets a read return 0 when nothing is there, which would look like a hang-up; and
    // whether it takes any rate depends on what it was built with.
    guard linux_terminal_finish(opened.number, UInt32(baud)) == 0 else {
      throw .last("set \(baud) baud on \(path)")
    }
    return opened
  }

  deinit {
    sp_close(port)
    sp_free_port(port)
  }

  private func configure(_ operation: String) throws(SystemError) {
    try LibraryPort.check(sp_set_bits(port, 8), operation)
    try LibraryPort.check(sp_set_parity(port, SP_PARITY_NONE), operation)
    try LibraryPort.check(sp_set_stopbits(port, 1), operation)
    try LibraryPort.check(sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE), operation)
  }

  private static func check(_ status: sp_return, _ operation: String) throws(SystemError) {
    if status != SP_OK { throw failure(operation, status) }
  }

  private static func failure(_ operation: String, _ status: sp_return) -> SystemError {
    switch status {
    case SP_ERR_FAIL: SystemError(operation, code: sp_last_error_code())
    case SP_ERR_MEM: SystemError(operation, code: ENOMEM)
    case SP_ERR_SUPP: SystemError(operation, reason: "The port does not support it")
    default: SystemError(operation, reason: "Not a serial port")
    }
  }
}

import CLinux
import Glibc

/// A socket that sends datagrams to a Unix socket's path or name. It never waits: what the other side
/// has no room for is an error.
struct UnixDatagrams: ~Copyable {
  private let descriptor: Descriptor

  /// Connects to a path, or with `@` in front to a name without a file; `whose` it is, for errors.
  init(to name: String, of whose: String) throws(SystemError) {
    let number = linux_socket(AF_UNIX, linux_datagram_type())
    guard number >= 0 else { throw .last("open a socket for \(name)") }
    let socket = Descriptor(owning: number)
    var (address, length) = try Self.address(name, of: whose)
    let connected = withUnsafePointer(to: &address) { linux_connect(number, $0, length) }
    guard connected == 0 else { throw .last("connect to \(whose) at \(name)") }
    descriptor = socket
  }

  /// Whether the datagram was taken; `errno` tells why not.
  func send(_ octets: [UInt8]) -> Bool {
    linux_send(descriptor.number, octets, octets.count) == octets.count
  }

  /// A name without a file has no NUL at its end.
  private static func address(
    _ name: String, of whose: String
  ) throws(SystemError) -> (sockaddr_un, UInt32) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var octets = Array(name.utf8)
    let isAbstract = octets.first == UInt8(ascii: "@")
    guard isAbstract || octets.first == UInt8(ascii: "/"),
      octets.count < MemoryLayout.size(ofValue: address.sun_path)
    else { throw SystemError("use \(name) of \(whose)", reason: "it is no socket's path or name") }
    if isAbstract { octets[0] = 0 } else { octets.append(0) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    return (address, UInt32(start + octets.count))
  }
}

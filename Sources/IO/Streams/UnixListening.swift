import CLinux
import Glibc
import Reactor

/// The path of a Unix socket that a listener is bound to; unlinked with it, as long as it is still
/// the listener's own.
struct UnixPath: ~Copyable {
  let path: String
  private let device: dev_t
  private let node: ino_t

  /// The path of a socket that has just been bound.
  init(bound path: String) {
    var status = stat()
    let isThere = lstat(path, &status) == 0
    self.path = path
    device = isThere ? status.st_dev : 0
    node = isThere ? status.st_ino : 0
  }

  deinit {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == node else { return }
    _ = unlink(path)
  }
}

extension TCPListener {
  /// Listens on a Unix socket. One that nobody listens on any more is replaced; anything else at
  /// that path is left alone and an error. Who may connect is the umask's matter and the folder's.
  public init(unixPath path: String, backlog: Int32 = 1024) throws(SystemError) {
    let number = linux_socket(AF_UNIX, linux_stream_type())
    guard number >= 0 else { throw .last("open a socket for \(path)") }
    let descriptor = Descriptor(owning: number)
    try TCPListener.removeStale(path)
    try withUnixAddress(path) { address, length throws(SystemError) in
      guard linux_bind(number, address, length) == 0 else { throw .last("listen on \(path)") }
    }
    let bound = UnixPath(bound: path)
    guard listen(number, backlog) == 0 else { throw .last("listen on \(path)") }
    self.init(descriptor, localAddress: .unix, path: bound)
  }

  private static func removeStale(_ path: String) throws(SystemError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw SystemError("listen on \(path)", reason: "something else is there")
    }
    do throws(SystemError) {
      _ = try TCPStream.connect(toUnixPath: path)
    } catch {
      guard error.code == ECONNREFUSED else { throw error }
      guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove \(path)") }
      return
    }
    throw SystemError("listen on \(path)", code: EADDRINUSE)
  }
}

extension TCPStream {
  /// Connects to the Unix socket at `path`; that is done or refused at once.
  public static func connect(toUnixPath path: String) throws(SystemError) -> Descriptor {
    let number = linux_socket(AF_UNIX, linux_stream_type())
    guard number >= 0 else { throw .last("open a socket for \(path)") }
    let descriptor = Descriptor(owning: number)
    try withUnixAddress(path) { address, length throws(SystemError) in
      guard linux_connect(number, address, length) == 0 else { throw .last("connect to \(path)") }
    }
    return descriptor
  }
}

/// Calls `body` with the system's form of a path.
private func withUnixAddress(
  _ path: String, _ body: (UnsafeRawPointer, UInt32) throws(SystemError) -> Void
) throws(SystemError) {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let room = MemoryLayout.size(ofValue: address.sun_path)
  let octets = Array(path.utf8)
  guard !octets.isEmpty, octets.count < room, !octets.contains(0) else {
    throw SystemError("use \(path)", reason: "a socket's path has 1 to \(room - 1) octets")
  }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
  let length = UInt32(
    MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + octets.count + 1 } ?? 0)
  try withUnsafePointer(to: address) { (place) throws(SystemError) in
    try body(UnsafeRawPointer(place), length)
  }
}

import CLinux
import Glibc
import Reactor

/// A connection that a listener has accepted: nonblocking, and whose it is.
@frozen
public struct AcceptedStream: ~Copyable {
  /// The connection.
  public let descriptor: Descriptor
  /// The address of the other side.
  public let peer: SocketAddress

  /// Puts the two together.
  @inlinable
  public init(descriptor: consuming Descriptor, peer: SocketAddress) {
    self.descriptor = descriptor
    self.peer = peer
  }
}

/// A TCP or Unix socket that waits for connections.
public struct TCPListener: ~Copyable {
  private let descriptor: Descriptor
  /// What is given up for a moment to refuse a connection when no descriptor is left.
  private var spare: Descriptor?
  private let path: UnixPath?
  /// The address listened on, with the port that the kernel chose when 0 was asked for.
  public let localAddress: SocketAddress
  /// How many connections were closed at once because no descriptor was left.
  public private(set) var refusedCount: UInt64 = 0

  /// Listens on `address`; port 0 lets the kernel choose. An IPv6 address means IPv6 alone.
  ///
  /// A name such as "localhost" has several addresses: a listener for each
  /// (`SocketAddress.resolve`), and where port 0 was asked for, with the port of the first. With an
  /// `interface` ("eth0"), only what comes in there is heard.
  public init(
    address: SocketAddress, interface: String? = nil, backlog: Int32 = 1024
  ) throws(SystemError) {
    descriptor = try TCPListener.open(address, interface, backlog: backlog)
    localAddress = SocketAddress(localOf: descriptor.number) ?? address
    path = nil
    spare = openSpare()
  }

  /// A socket that listens already, opened by somebody else; a Unix socket's path stays when the
  /// listener goes.
  public init(inherited descriptor: consuming Descriptor) {
    localAddress = SocketAddress(localOf: descriptor.number) ?? .unix
    self.descriptor = descriptor
    path = nil
    spare = openSpare()
  }

  /// A socket that listens already.
  init(_ descriptor: consuming Descriptor, localAddress: SocketAddress, path: consuming UnixPath) {
    self.descriptor = descriptor
    self.localAddress = localAddress
    self.path = consume path
    spare = openSpare()
  }

  /// TCP is ordered, lossless and goes both ways [MQTT-7.1.1-1], [MQTT5-4.2.0-1].
  private static func open(
    _ address: SocketAddress, _ interface: String?, backlog: Int32
  ) throws(SystemError) -> Descriptor {
    let number = linux_socket(address.systemFamily, linux_stream_type())
    guard number >= 0 else { throw .last("open a socket for \(address)") }
    let descriptor = Descriptor(owning: number)
    _ = linux_set_option(number, SOL_SOCKET, SO_REUSEADDR, 1)
    if address.family == .ipv6 { _ = linux_set_ipv6_only(number) }
    if let interface { try bind(number, toInterface: interface) }
    let bound = address.withSystemForm { linux_bind(number, $0, $1) }
    guard bound == 0, listen(number, backlog) == 0 else { throw .last("listen on \(address)") }
    return descriptor
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { descriptor.number }

  /// The port listened on.
  public var localPort: UInt16 { localAddress.port }

  /// The next connection that waits, or nothing. When no descriptor is left the connection is
  /// closed at once and counted, so that the listener does not stay ready for ever.
  public mutating func accept() throws(SystemError) -> AcceptedStream? {
    let (number, peer) = acceptOne()
    if number >= 0 { return AcceptedStream(descriptor: Descriptor(owning: number), peer: peer) }
    switch errno {
    case EMFILE, ENFILE:
      refuseOne()
      return nil
    case EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET,
      EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH:
      return nil
    default: throw .last("accept on \(localAddress)")
    }
  }

  private func acceptOne() -> (number: Int32, peer: SocketAddress) {
    var room = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let number = linux_accept(descriptor.number, &room, &length)
    let peer = withUnsafePointer(to: room) { SocketAddress(system: $0, length: Int(length)) }
    return (number, peer ?? .unix)
  }

  /// Closes one waiting connection with the help of the spare descriptor.
  mutating func refuseOne() {
    spare = nil
    let (number, _) = acceptOne()
    if number >= 0 {
      _ = close(number)
      refusedCount += 1
    }
    spare = openSpare()
  }
}

/// Has a socket hear only what comes in on an interface.
public func bind(_ number: Int32, toInterface name: String) throws(SystemError) {
  guard linux_bind_to_interface(number, name) == 0 else { throw .last("bind to \(name)") }
}

private func openSpare() -> Descriptor? {
  let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
  return number >= 0 ? Descriptor(owning: number) : nil
}

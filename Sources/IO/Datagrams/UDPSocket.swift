import CLinux
import Glibc
import Reactor

/// A UDP socket that receives up to 64 datagrams with one system call.
public struct UDPSocket: ~Copyable {
  /// How many datagrams one batch holds at most.
  public static var batchCapacity: Int { DatagramInbox.capacity }

  private let descriptor: Descriptor
  /// The address bound to, with the port that the kernel chose when 0 was asked for.
  public let localAddress: SocketAddress
  /// What the last `receiveBatch` brought.
  public private(set) var inbox: DatagramInbox

  /// Binds to `address`; port 0 lets the kernel choose. An IPv6 address means IPv6 alone.
  /// `sharesPort` lets other programs listen to the same group and port.
  public init(
    address: SocketAddress, datagramSize: Int = 2048, sharesPort: Bool = false
  ) throws(SystemError) {
    descriptor = try UDPSocket.open(address, sharesPort: sharesPort)
    localAddress = SocketAddress(localOf: descriptor.number) ?? address
    inbox = DatagramInbox(datagramSize: datagramSize)
  }

  /// A socket that somebody else has bound.
  public init(inherited descriptor: consuming Descriptor, datagramSize: Int = 2048) {
    localAddress = SocketAddress(localOf: descriptor.number) ?? .unix
    self.descriptor = descriptor
    inbox = DatagramInbox(datagramSize: datagramSize)
  }

  private static func open(
    _ address: SocketAddress, sharesPort: Bool
  ) throws(SystemError) -> Descriptor {
    let number = linux_socket(address.systemFamily, linux_datagram_type())
    guard number >= 0 else { throw .last("open a UDP socket for \(address)") }
    let descriptor = Descriptor(owning: number)
    if sharesPort { _ = linux_set_option(number, SOL_SOCKET, SO_REUSEADDR, 1) }
    if address.family == .ipv6 { _ = linux_set_ipv6_only(number) }
    let bound = address.withSystemForm { linux_bind(number, $0, $1) }
    guard bound == 0 else { throw .last("bind UDP to \(address)") }
    return descriptor
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { descriptor.number }

  /// Asks for a kernel receive buffer of `byteCount` octets (the kernel doubles it).
  public func setReceiveBuffer(byteCount: Int32) {
    _ = linux_set_option(descriptor.number, SOL_SOCKET, SO_RCVBUF, byteCount)
  }

  /// Takes the datagrams that are there, 64 at most, and tells how many. 0 means that none is left
  /// only when `truncatedCount` did not move.
  public mutating func receiveBatch() throws(SystemError) -> Int {
    guard let count = inbox.receive(from: number) else {
      throw .last("receive on UDP \(localAddress)")
    }
    return count
  }

  /// How many datagrams were dropped because they were too long.
  public var truncatedCount: UInt64 { inbox.truncatedCount }

  /// The datagram at `index` of the last batch; traps outside.
  @_lifetime(borrow self)
  public func datagram(at index: Int) -> Span<UInt8> {
    _overrideLifetime(inbox.datagram(at: index), borrowing: self)
  }

  /// Where the datagram at `index` of the last batch came from; traps outside.
  public func peer(at index: Int) -> SocketAddress { inbox.peer(at: index) }
}

extension UDPSocket {
  /// Joins the multicast `group` on the interface that has the address `interface` (nil: the system
  /// chooses), and sends multicast there. An IPv6 group names its interface itself ("ff02::1%eth0").
  /// What comes in on other interfaces is other sockets' business.
  public func join(
    _ group: SocketAddress, on interface: SocketAddress? = nil
  ) throws(SystemError) {
    _ = linux_ignore_foreign_groups(number, group.systemFamily)
    let status: Int32
    if group.family == .ipv6 {
      var octets = group.ipv6Octets
      status = linux_join_ipv6(number, &octets, group.interfaceIndex)
    } else {
      status = linux_join_ipv4(number, group.ipv4Octets, interface?.ipv4Octets ?? 0)
    }
    guard status == 0 else { throw .last("join the group \(group.host)") }
  }

  /// Sends multicast to `group` on the interface that has the address `interface` (nil: the system
  /// chooses), and hears none itself, whatever other sockets have joined.
  public func sendMulticast(
    to group: SocketAddress, on interface: SocketAddress? = nil
  ) throws(SystemError) {
    _ = linux_ignore_foreign_groups(number, group.systemFamily)
    let status =
      group.family == .ipv6
      ? linux_send_multicast_ipv6(number, group.interfaceIndex)
      : linux_send_multicast_ipv4(number, interface?.ipv4Octets ?? 0)
    guard status == 0 else { throw .last("send to the group \(group.host)") }
  }

  /// Lets other sockets bind to the same port, or no more of them; those that have stay.
  public func setSharesPort(_ shares: Bool) {
    _ = linux_set_option(number, SOL_SOCKET, SO_REUSEADDR, shares ? 1 : 0)
  }

  /// How many routers a multicast datagram may pass (1: none, the system's default).
  public func setMulticastHops(_ hops: Int) throws(SystemError) {
    let limit = Int32(clamping: hops)
    let status = linux_set_multicast_hops(number, localAddress.systemFamily, limit)
    guard status == 0 else { throw .last("set multicast hops to \(hops)") }
  }
}

import CLinux
import Glibc

extension SocketAddress {
  /// Room for the system's form of any IP address, in octets.
  public static var systemSize: Int { MemoryLayout<sockaddr_in6>.size }

  /// Reads the system's form of an address (`sockaddr`) of `length` octets; nothing for other
  /// families.
  public init?(system bytes: UnsafeRawPointer, length: Int) {
    guard length >= MemoryLayout<sa_family_t>.size else { return nil }
    switch Int32(bytes.loadUnaligned(as: sa_family_t.self)) {
    case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
      self.init(bytes.loadUnaligned(as: sockaddr_in.self))
    case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
      self.init(bytes.loadUnaligned(as: sockaddr_in6.self))
    case AF_UNIX: self = .unix
    default: return nil
    }
  }

  private init(_ system: sockaddr_in) {
    self.init(
      family: .ipv4, port: UInt16(bigEndian: system.sin_port), low: UInt64(system.sin_addr.s_addr))
  }

  private init(_ system: sockaddr_in6) {
    let (high, low) = withUnsafeBytes(of: system.sin6_addr) { octets in
      (
        octets.loadUnaligned(as: UInt64.self),
        octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      )
    }
    // A peer of IPv4 on a socket for both families [RFC 4291 2.5.5.2].
    if high == 0, low.bigEndian >> 32 == 0xFFFF {
      let octets = UInt32(truncatingIfNeeded: low.bigEndian).bigEndian
      self.init(
        family: .ipv4, port: UInt16(bigEndian: system.sin6_port), low: UInt64(octets))
      return
    }
    self.init(
      family: .ipv6, port: UInt16(bigEndian: system.sin6_port), scope: system.sin6_scope_id,
      high: high, low: low)
  }

  /// Writes the system's form to `bytes`, which has room for `systemSize` octets; gives its length
  /// (0 for an unnamed Unix peer).
  public func write(system bytes: UnsafeMutableRawPointer) -> UInt32 {
    switch family {
    case .ipv4:
      var system = sockaddr_in()
      system.sin_family = sa_family_t(AF_INET)
      system.sin_port = port.bigEndian
      system.sin_addr.s_addr = UInt32(truncatingIfNeeded: low)
      bytes.copyMemory(from: &system, byteCount: MemoryLayout<sockaddr_in>.size)
      return UInt32(MemoryLayout<sockaddr_in>.size)
    case .ipv6:
      var system = sockaddr_in6()
      system.sin6_family = sa_family_t(AF_INET6)
      system.sin6_port = port.bigEndian
      system.sin6_scope_id = scope
      system.sin6_addr = ipv6Octets
      bytes.copyMemory(from: &system, byteCount: MemoryLayout<sockaddr_in6>.size)
      return UInt32(MemoryLayout<sockaddr_in6>.size)
    case .unix: return 0
    }
  }

  /// Calls `body` with the system's form and its length.
  public func withSystemForm<Result>(_ body: (UnsafeRawPointer, UInt32) -> Result) -> Result {
    var room = sockaddr_in6()
    return withUnsafeMutablePointer(to: &room) { body($0, write(system: $0)) }
  }

  /// The system's number for the family.
  public var systemFamily: Int32 {
    switch family {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  /// The four octets as the system keeps them.
  public var ipv4Octets: UInt32 { UInt32(truncatingIfNeeded: low) }

  /// The interface's index of a link-local address, else 0.
  public var interfaceIndex: UInt32 { scope }

  /// Whether it is a multicast group of one link that does not say of which.
  public var needsInterface: Bool {
    // The second octet of a group of IPv6 has how far it reaches: 2 is the link [RFC 4291 2.7].
    family == .ipv6 && isMulticast && octets[1] & 0x0F <= 2 && scope == 0
  }

  /// The sixteen octets as the system keeps them.
  public var ipv6Octets: in6_addr {
    var octets = in6_addr()
    withUnsafeMutableBytes(of: &octets) { bytes in
      bytes.storeBytes(of: high, as: UInt64.self)
      bytes.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
    }
    return octets
  }
}

extension SocketAddress {
  /// The address that the socket `number` is bound to.
  public init?(localOf number: Int32) {
    var room = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    guard linux_local_address(number, &room, &length) == 0 else { return nil }
    let address = withUnsafePointer(to: room) { SocketAddress(system: $0, length: Int(length)) }
    guard let address else { return nil }
    self = address
  }
}

import CLinux
import Glibc

/// The address of a peer or of a listener, as plain bits: a key for tables.
@frozen
public struct SocketAddress: BitwiseCopyable, Sendable, Hashable {
  /// The kinds of addresses.
  @frozen
  public enum Family: UInt8, BitwiseCopyable, Sendable {
    /// IPv4.
    case ipv4
    /// IPv6.
    case ipv6
    /// A peer on a Unix socket; such peers have no name.
    case unix
  }

  /// The kind of address.
  public let family: Family
  /// The port; 0 on Unix sockets, and for "any port" when binding.
  public var port: UInt16
  /// The interface of a link-local IPv6 address, else 0.
  let scope: UInt32
  /// The octets as they lie in memory: all of IPv6's in two words, IPv4's in `low`.
  let high: UInt64, low: UInt64

  init(family: Family, port: UInt16, scope: UInt32 = 0, high: UInt64 = 0, low: UInt64 = 0) {
    self.family = family
    self.port = port
    self.scope = scope
    self.high = high
    self.low = low
  }

  /// A peer on a Unix socket.
  public static var unix: SocketAddress { SocketAddress(family: .unix, port: 0) }

  /// The IPv4 address of four octets: `ipv4(127, 0, 0, 1, port: 1883)`.
  public static func ipv4(
    _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16
  ) -> SocketAddress {
    let bits = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    return SocketAddress(family: .ipv4, port: port, low: UInt64(bits.bigEndian))
  }

  /// IPv6's loopback, `::1`.
  public static func ipv6Loopback(port: UInt16) -> SocketAddress {
    SocketAddress(family: .ipv6, port: port, low: UInt64(1).bigEndian)
  }

  /// The octets in network order: four of IPv4, sixteen of IPv6, none of a Unix socket.
  public var octets: InlineArray<16, UInt8> {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    let isShort = family == .ipv4
    for index in 0..<8 as Range<Int> {
      let shift = UInt64(8 * index)
      octets[index] = UInt8(truncatingIfNeeded: (isShort ? low : high).littleEndian >> shift)
      if !isShort { octets[8 + index] = UInt8(truncatingIfNeeded: low.littleEndian >> shift) }
    }
    return octets
  }

  /// The IPv6 address of sixteen octets in network order.
  public static func ipv6(_ octets: InlineArray<16, UInt8>, port: UInt16) -> SocketAddress {
    var (high, low) = (UInt64(0), UInt64(0))
    for index in 0..<8 as Range<Int> {
      high |= UInt64(octets[index]) << UInt64(8 * index)
      low |= UInt64(octets[8 + index]) << UInt64(8 * index)
    }
    return SocketAddress(
      family: .ipv6, port: port, high: UInt64(littleEndian: high), low: UInt64(littleEndian: low))
  }

  /// Whether packets to it stay on this machine.
  public var isLoopback: Bool {
    switch family {
    case .ipv4: UInt8(truncatingIfNeeded: UInt32(truncatingIfNeeded: low).bigEndian >> 24) == 127
    case .ipv6: high == 0 && low == UInt64(1).bigEndian
    case .unix: true
    }
  }

  /// Whether it means every interface.
  public var isUnspecified: Bool { family != .unix && high == 0 && low == 0 }

  /// Whether it names a multicast group.
  public var isMulticast: Bool {
    switch family {
    case .ipv4: UInt32(truncatingIfNeeded: low).bigEndian >> 28 == 14
    case .ipv6: high.bigEndian >> 56 == 0xFF
    case .unix: false
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// "127.0.0.1:1883", "[::1]:1883", "unix socket".
  public var description: String {
    switch family {
    case .ipv4: "\(host):\(port)"
    case .ipv6: "[\(host)]:\(port)"
    case .unix: host
    }
  }

  /// The address without its port: "127.0.0.1", "::1", "unix socket".
  public var host: String {
    switch family {
    case .ipv4: text(of: ipv4Octets)
    case .ipv6: text(of: ipv6Octets)
    case .unix: "unix socket"
    }
  }

  private func text<Octets>(of octets: Octets) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { room in
      let text = withUnsafeBytes(of: octets) { bytes in
        inet_ntop(systemFamily, bytes.baseAddress, room.baseAddress, socklen_t(room.count))
      }
      return text.map { String(cString: $0) } ?? "?"
    }
  }
}

/// Where a peer is, for those who judge it and for the log: no pointer, no text.
@frozen
public struct PeerAddress: BitwiseCopyable, Sendable, Equatable {
  /// What kind of address it is.
  @frozen
  public enum Family: UInt8, BitwiseCopyable, Sendable {
    /// None that is known: the hub's own, a test's.
    case unknown
    /// IPv4: the first four octets.
    case ipv4
    /// IPv6: all sixteen octets.
    case ipv6
    /// A line of sensor nodes: its number in the first two octets.
    case line
  }

  /// The kind of address.
  public var family: Family
  /// The port; 0 where there is none.
  public var port: UInt16
  /// The octets in network order, as far as the family has some.
  public var octets: InlineArray<16, UInt8>

  /// An address of those parts.
  @inlinable
  public init(family: Family, port: UInt16, octets: InlineArray<16, UInt8>) {
    self.family = family
    self.port = port
    self.octets = octets
  }

  /// No address.
  @inlinable public static var unknown: PeerAddress {
    PeerAddress(family: .unknown, port: 0, octets: InlineArray(repeating: 0))
  }

  /// Somewhere on a line of sensor nodes.
  @inlinable
  public init(line: UInt16) {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    octets[0] = UInt8(truncatingIfNeeded: line >> 8)
    octets[1] = UInt8(truncatingIfNeeded: line)
    self.init(family: .line, port: 0, octets: octets)
  }

  /// Whether two addresses are the same.
  public static func == (left: PeerAddress, right: PeerAddress) -> Bool {
    guard left.family == right.family, left.port == right.port else { return false }
    for index in left.octets.indices where left.octets[index] != right.octets[index] {
      return false
    }
    return true
  }
}

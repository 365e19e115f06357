import SessionLink

/// Where a node is: a line, and the node's transport address on it.
///
/// The gateway only compares addresses; what the words mean is the line's business, except that
/// those of UDP are shown to the hub. A line with one node behind it, as a serial port is, has no
/// words.
@frozen
public struct NodeAddress: BitwiseCopyable, Sendable, Hashable {
  /// The number of the line, as the wiring counts sockets and serial ports.
  public var line: UInt16
  /// The gateway's own number for a wireless node behind a forwarder; 0 for a node at the address
  /// itself. Shells leave it alone.
  public internal(set) var wireless: UInt32 = 0

  /// Whether the node is behind a forwarder.
  public var isForwarded: Bool { wireless != 0 }
  /// The transport address: on UDP the octets, the port, the family and the scope.
  public var words: Words

  /// Three words of transport address. On UDP the octets of the host's address as they lie in
  /// memory, sixteen of IPv6 in the first two, four of IPv4 in the second; then the family (0 and 1 for
  /// IPv4 and IPv6) from bit 48 on, the port from bit 32 on, and the interface. Elsewhere there is no
  /// port.
  @frozen
  public struct Words: BitwiseCopyable, Sendable, Hashable {
    /// One word of the address.
    public var first: UInt64
    /// One word of the address.
    public var second: UInt64
    /// One word of the address.
    public var third: UInt64

    /// The address of those words; all zero on a line with one node.
    @inlinable
    public init(_ first: UInt64 = 0, _ second: UInt64 = 0, _ third: UInt64 = 0) {
      self.first = first
      self.second = second
      self.third = third
    }
  }

  /// The address `words` on `line`.
  @inlinable
  public init(line: UInt16, words: Words = Words()) {
    self.line = line
    self.words = words
  }
}

extension PeerAddress {
  /// A node's address for those who judge it: its host on UDP, its line elsewhere.
  init(_ address: NodeAddress) {
    let words = address.words
    let port = UInt16(truncatingIfNeeded: words.third >> 32)
    guard port != 0 else {
      self.init(line: address.line)
      return
    }
    let isLong = words.third >> 48 != 0
    var octets = InlineArray<16, UInt8>(repeating: 0)
    for index in 0..<8 as Range<Int> {
      let shift = UInt64(8 * index)
      let front = isLong ? words.first : words.second
      octets[index] = UInt8(truncatingIfNeeded: front.littleEndian >> shift)
      if isLong {
        octets[8 + index] = UInt8(truncatingIfNeeded: words.second.littleEndian >> shift)
      }
    }
    self.init(family: isLong ? .ipv6 : .ipv4, port: port, octets: octets)
  }
}

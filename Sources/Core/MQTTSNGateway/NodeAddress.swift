/// Where a node is: a line, and the node's transport address on it.
///
/// The gateway only compares addresses; what the words mean is the line's business. A line with
/// one node behind it, as a serial port is, has no words.
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

  /// Three words of transport address.
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

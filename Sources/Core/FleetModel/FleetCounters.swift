/// What became of the readings of one node, or of a fleet.
public struct FleetCounters: BitwiseCopyable, Sendable, Equatable {
  /// Readings published, each counted once.
  public var sent: UInt64 = 0
  /// Readings that the gateway acknowledged.
  public var acknowledged: UInt64 = 0
  /// Readings that were given up: the gateway was silent, or knew the node no more.
  public var lost: UInt64 = 0
  /// Readings that the gateway refused.
  public var refused: UInt64 = 0
  /// Requests that were sent again.
  public var retransmitted: UInt64 = 0
  /// Sessions that the gateway has given.
  public var connected: UInt64 = 0

  /// All zero.
  public init() {}

  /// Readings that wait for their acknowledgement.
  public var underWay: UInt64 { sent &- acknowledged &- lost &- refused }

  /// Adds what another node has counted.
  public static func += (left: inout FleetCounters, right: FleetCounters) {
    left.sent &+= right.sent
    left.acknowledged &+= right.acknowledged
    left.lost &+= right.lost
    left.refused &+= right.refused
    left.retransmitted &+= right.retransmitted
    left.connected &+= right.connected
  }
}

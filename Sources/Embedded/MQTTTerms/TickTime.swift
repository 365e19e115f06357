/// A monotonic time in milliseconds that wraps after 49.7 days: what a 32-bit clock gives.
///
/// Two times can be compared while they are less than 24.8 days apart.
@frozen
public struct TickTime: BitwiseCopyable, Sendable, Equatable {
  /// Milliseconds since some start, modulo 2³².
  public var milliseconds: UInt32

  /// The time at that count of milliseconds.
  @inlinable
  public init(milliseconds: UInt32) { self.milliseconds = milliseconds }

  /// The time `milliseconds` later (at most 2³¹ − 1).
  @inlinable
  public func advanced(by milliseconds: UInt32) -> TickTime {
    TickTime(milliseconds: self.milliseconds &+ milliseconds)
  }

  /// Whether this time has come at `now`.
  @inlinable
  public func isReached(at now: TickTime) -> Bool {
    now.milliseconds &- milliseconds < 0x8000_0000
  }

  /// The milliseconds from `start` to this time.
  @inlinable
  public func since(_ start: TickTime) -> UInt32 { milliseconds &- start.milliseconds }
}

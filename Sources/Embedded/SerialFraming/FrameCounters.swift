/// What happened on a line since it was opened. Each counter wraps at 2³².
@frozen
public struct FrameCounters: BitwiseCopyable, Sendable, Equatable {
  /// Frames that arrived whole.
  public var frames: UInt32
  /// Frames whose checksum was wrong.
  public var checksumErrors: UInt32
  /// Frames longer than the limit.
  public var oversized: UInt32
  /// Frames that the sender gave up.
  public var aborted: UInt32
  /// Octets that belong to no good frame; delimiters of `hdlc` are not counted.
  public var discardedOctets: UInt32
  /// How often the reader found a frame's start again after it had lost it.
  public var resyncs: UInt32

  /// All zero.
  @inlinable
  public init() {
    (frames, checksumErrors, oversized, aborted, discardedOctets, resyncs) = (0, 0, 0, 0, 0, 0)
  }

  /// Counts `count` discarded octets.
  @inlinable
  mutating func discard(_ count: Int) { discardedOctets &+= UInt32(truncatingIfNeeded: count) }
}

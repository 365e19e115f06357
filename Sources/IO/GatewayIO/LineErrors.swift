import Datagrams
import SerialFraming

/// What went wrong on a serial line, for the log.
public struct LineErrors: BitwiseCopyable, Sendable, Equatable {
  /// Frames with a wrong checksum.
  public var checksums: UInt32 = 0
  /// Frames longer than the limit.
  public var oversized: UInt32 = 0
  /// Frames that were given up in the middle.
  public var aborted: UInt32 = 0
  /// How often the start of a frame was lost and found again.
  public var resyncs: UInt32 = 0
  /// Messages that a radio could not deliver.
  public var undelivered: UInt32 = 0
  /// What the driver has counted meanwhile.
  public var driver = DriverErrors()

  /// None.
  public init() {}

  /// What the counters of a line say; the driver is asked only when there is something to tell.
  init(_ frames: FrameCounters, _ radio: RadioCounters) {
    checksums = frames.checksumErrors
    oversized = frames.oversized
    aborted = frames.aborted
    resyncs = frames.resyncs
    undelivered = radio.undelivered
  }

  /// What came since `earlier`.
  func since(_ earlier: LineErrors) -> LineErrors {
    var difference = LineErrors()
    difference.checksums = checksums &- earlier.checksums
    difference.oversized = oversized &- earlier.oversized
    difference.aborted = aborted &- earlier.aborted
    difference.resyncs = resyncs &- earlier.resyncs
    difference.undelivered = undelivered &- earlier.undelivered
    return difference
  }
}

/// What was told of a line's errors, so that it is told at once when they begin, and then not more
/// than once a minute.
struct ToldErrors: BitwiseCopyable {
  private static let interval: UInt64 = 60_000

  private var told = LineErrors()
  private var tellAt: UInt64 = 0

  /// What there is to tell of a line that has had `errors` by `now`; nothing while it is too early.
  mutating func next(_ errors: LineErrors, at now: UInt64) -> LineErrors? {
    guard errors != told, tellAt <= now else { return nil }
    let news = errors.since(told)
    told = errors
    tellAt = now + Self.interval
    return news
  }

  /// When there is something to tell of a line that has had `errors`.
  func deadline(_ errors: LineErrors) -> UInt64? { errors == told ? nil : tellAt }
}

extension FrameCounters {
  /// Frames that were lost, for whatever reason.
  public var errorCount: UInt64 { UInt64(checksumErrors) + UInt64(oversized) + UInt64(aborted) }
}

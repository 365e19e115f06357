/// When to open a line again that is unplugged and that nobody tells of: after 100 ms, and then after
/// twice as long each time up to half a second. Values in milliseconds of the caller's clock.
public struct ReopenSchedule: BitwiseCopyable, Sendable {
  private let shortest: UInt64
  private let longest: UInt64
  private var delay: UInt64

  /// A schedule from `shortest` to `longest`.
  public init(shortest: UInt64 = 100, longest: UInt64 = 500) {
    self.shortest = shortest
    self.longest = max(shortest, longest)
    delay = shortest
  }

  /// The line was lost, or opening it failed, at `now`: when to open it (again).
  public mutating func failed(at now: UInt64) -> UInt64 {
    let next = now + delay
    delay = min(delay * 2, longest)
    return next
  }

  /// The line has carried octets, or was plugged in: the next loss starts over. Opening alone proves
  /// nothing, for a line that opens and hangs up at once must not be opened ten times a second.
  public mutating func succeeded() { delay = shortest }
}

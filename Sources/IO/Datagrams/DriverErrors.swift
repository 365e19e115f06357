import CLinux

/// What the driver of a serial line has counted: octets that were lost before anybody could read
/// them, and octets that came in broken, as at a wrong rate.
public struct DriverErrors: BitwiseCopyable, Sendable, Equatable {
  /// Octets lost because hardware or kernel had no room.
  public var overruns: UInt64 = 0
  /// Octets without a stop bit.
  public var framing: UInt64 = 0
  /// Octets with wrong parity.
  public var parity: UInt64 = 0
  /// Breaks.
  public var breaks: UInt64 = 0

  /// All zero.
  public init() {}

  /// What the driver of an open line has counted since it knows the line; nothing where it counts
  /// nothing, as for pseudo-terminals.
  init?(of number: Int32) {
    var errors = linux_line_errors()
    guard linux_terminal_errors(number, &errors) == 0 else { return nil }
    overruns = UInt64(errors.overruns)
    framing = UInt64(errors.framing)
    parity = UInt64(errors.parity)
    breaks = UInt64(errors.breaks)
  }

  /// What came since `earlier`; the driver's counters wrap at 2³².
  public func since(_ earlier: DriverErrors) -> DriverErrors {
    var difference = DriverErrors()
    difference.overruns = (overruns &- earlier.overruns) & 0xFFFF_FFFF
    difference.framing = (framing &- earlier.framing) & 0xFFFF_FFFF
    difference.parity = (parity &- earlier.parity) & 0xFFFF_FFFF
    difference.breaks = (breaks &- earlier.breaks) & 0xFFFF_FFFF
    return difference
  }

  /// Adds what was counted elsewhere.
  public static func += (sum: inout DriverErrors, other: DriverErrors) {
    sum.overruns &+= other.overruns
    sum.framing &+= other.framing
    sum.parity &+= other.parity
    sum.breaks &+= other.breaks
  }
}

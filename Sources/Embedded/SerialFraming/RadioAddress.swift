/// Where a radio is in its network, in Digi's words: a 64-bit address that it was made with and a
/// 16-bit address that the network gave it.
@frozen
public struct RadioAddress: BitwiseCopyable, Sendable, Hashable {
  /// The 64-bit address; all ones where only the short one is known.
  public var wide: UInt64
  /// The 16-bit address; `unknownShort` where only the long one is known.
  public var short: UInt16

  /// The radio at these addresses.
  @inlinable
  public init(wide: UInt64, short: UInt16 = RadioAddress.unknownShort) {
    self.wide = wide
    self.short = short
  }

  /// The short address of a radio whose short address is not known, FFFE.
  @inlinable public static var unknownShort: UInt16 { 0xFFFE }
  /// The long address of a radio whose long address is not known, all ones.
  @inlinable public static var unknownWide: UInt64 { .max }
  /// All radios of the network.
  @inlinable public static var everybody: RadioAddress { RadioAddress(wide: 0xFFFF) }
}

/// What a radio told of other things than messages. Each counter wraps at 2³².
@frozen
public struct RadioCounters: BitwiseCopyable, Sendable, Equatable {
  /// Messages that the radio says to have delivered.
  public var delivered: UInt32
  /// Messages that the radio says to have not delivered.
  public var undelivered: UInt32
  /// Other whole frames that carry no message: modem status, answers to commands.
  public var others: UInt32

  /// All zero.
  @inlinable
  public init() { (delivered, undelivered, others) = (0, 0, 0) }
}

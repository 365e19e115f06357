/// Where a radio is in its network, in Digi's words: a 64-bit address that it was made with and a
/// 16-bit address that the network gave it. In halves, as a 32-bit processor has them.
@frozen
public struct RadioAddress: BitwiseCopyable, Sendable, Hashable {
  /// The high half of the 64-bit address.
  public var high: UInt32
  /// The low half of the 64-bit address.
  public var low: UInt32
  /// The 16-bit address; `unknownShort` where only the long one is known.
  public var short: UInt16

  /// The radio at these addresses.
  @inlinable
  public init(high: UInt32, low: UInt32, short: UInt16 = RadioAddress.unknownShort) {
    self.high = high
    self.low = low
    self.short = short
  }

  /// Whether the 64-bit address is known: all ones stand for one that is not.
  @inlinable public var isLongKnown: Bool { high != .max || low != .max }
  /// The short address of a radio whose short address is not known, FFFE.
  @inlinable public static var unknownShort: UInt16 { 0xFFFE }
  /// All radios of the network.
  @inlinable public static var everybody: RadioAddress { RadioAddress(high: 0, low: 0xFFFF) }
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

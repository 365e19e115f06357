import Slabs

/// The name of a link: anything attached to a hub — an MQTT connection, a sensor node, a bridge.
///
/// It carries a generation, so that a late command does not reach the next link in the same slot.
public typealias LinkID = SlotID

/// Milliseconds of a monotonic clock: the time that every machine of the core is told.
public typealias LinkTime = UInt64

/// Who performs commands for a link, and under which name it knows the link.
@frozen
public struct LinkOwner: BitwiseCopyable, Sendable, Equatable {
  /// Which service the link belongs to. The wiring gives the numbers.
  public var service: UInt8
  /// The slot in that service's own table.
  public var slot: UInt32

  /// Makes an owner.
  @inlinable
  public init(service: UInt8, slot: UInt32) {
    self.service = service
    self.slot = slot
  }
}

/// All links of a hub, whoever owns them.
public typealias LinkTable = SlotTable<LinkOwner>

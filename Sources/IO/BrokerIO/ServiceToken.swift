import Slabs

/// A reactor token of this service: its number, what the descriptor is, and the slot.
struct ServiceToken {
  enum Kind: UInt8 {
    case listener
    case stream
  }

  var rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The service takes the high octet, so that the wiring can tell services apart.
  init(service: UInt8, kind: Kind, slot: SlotID) {
    rawValue =
      UInt64(service) << 56 | UInt64(kind.rawValue) << 55
      | UInt64(slot.generation & 0x7F_FFFF) << 32 | UInt64(slot.index)
  }

  var kind: Kind { rawValue >> 55 & 1 == 0 ? .listener : .stream }

  var slot: SlotID {
    SlotID(
      index: UInt32(truncatingIfNeeded: rawValue),
      generation: UInt32(truncatingIfNeeded: rawValue >> 32) & 0x7F_FFFF)
  }

  /// Whether the slot's tenant is still the one that the token was made for.
  func names(_ id: SlotID) -> Bool { id.generation & 0x7F_FFFF == slot.generation }
}

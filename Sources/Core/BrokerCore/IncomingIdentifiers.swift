import MQTTTerms
import Slabs

/// The identifiers of QoS 2 messages that a peer has sent and not released yet [MQTT 4.3.3]. A
/// repeated one replaces, it never stacks.
struct IncomingIdentifiers: ~Copyable {
  private var identifiers = Slab<UInt16>()

  /// How many there are.
  var count: Int { identifiers.count }

  func contains(_ id: PacketIdentifier) -> Bool {
    for index in 0..<identifiers.count where identifiers[index] == id.rawValue { return true }
    return false
  }

  mutating func insert(_ id: PacketIdentifier) { identifiers.append(id.rawValue) }

  /// Whether it was there.
  mutating func remove(_ id: PacketIdentifier) -> Bool {
    for index in 0..<identifiers.count where identifiers[index] == id.rawValue {
      _ = identifiers.swapRemove(at: index)
      return true
    }
    return false
  }
}

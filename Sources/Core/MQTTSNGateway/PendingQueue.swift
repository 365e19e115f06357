import MQTTTerms
import SessionLink
import Slabs

/// A message on its way to a node. Whoever keeps one holds a reference in the message store.
struct PendingDelivery: BitwiseCopyable {
  var message: MessageID
  var packetID: PacketIdentifier
  var qos: QoS
  var flags: DeliveryFlags
  /// Whether it was sent already, under an id that the node has forgotten.
  var wasSent = false
}

/// Deliveries that wait for a node, first in, first out: a ring that grows up to its limit.
struct PendingQueue: ~Copyable {
  private var ring = Slab<PendingDelivery>()
  // Half the size is enough, and there is one for each node.
  private var headIndex: UInt32 = 0
  private var waitingCount: UInt32 = 0

  private var head: Int {
    get { Int(headIndex) }
    set { headIndex = UInt32(truncatingIfNeeded: newValue) }
  }

  private(set) var count: Int {
    get { Int(waitingCount) }
    set { waitingCount = UInt32(truncatingIfNeeded: newValue) }
  }

  var first: PendingDelivery? { count > 0 ? ring[head] : nil }

  /// Whether a delivery with that identifier waits.
  func contains(_ packetID: PacketIdentifier) -> Bool {
    for offset in 0..<count where ring[(head + offset) % ring.count].packetID == packetID {
      return true
    }
    return false
  }

  mutating func append(_ delivery: PendingDelivery) {
    if count == ring.count {
      straighten()
      ring.append(delivery)
    } else {
      ring[(head + count) % ring.count] = delivery
    }
    count += 1
  }

  /// Puts a delivery before all others.
  mutating func prepend(_ delivery: PendingDelivery) {
    append(delivery)
    head = (head + ring.count - 1) % ring.count
    ring[head] = delivery
  }

  mutating func popFirst() -> PendingDelivery? {
    guard let delivery = first else { return nil }
    head = (head + 1) % ring.count
    count -= 1
    return delivery
  }

  /// Moves the head to the front, so that the ring can grow at its end.
  private mutating func straighten() {
    guard head > 0 else { return }
    var straight = Slab<PendingDelivery>(capacity: ring.count * 2)
    for offset in 0..<count { straight.append(ring[(head + offset) % ring.count]) }
    ring = straight
    head = 0
  }
}

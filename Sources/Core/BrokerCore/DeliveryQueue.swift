import MQTTTerms
import SessionLink
import Slabs

/// Messages that wait for a session: first in, first out, with a limit that the owner checks.
struct DeliveryQueue: ~Copyable {
  struct Waiting: BitwiseCopyable {
    var message: MessageID
    var qos: QoS
    var flags: DeliveryFlags
    /// The subscriptions it comes by, as `KeptIdentifiers` has them.
    var identifiers = SubscriptionIdentifiers.none
  }

  /// An empty queue with room for more gives its memory back.
  private static let keptCapacity = 32

  private var ring = Slab<Waiting>()
  // Half the size is enough, and there is one for each session.
  private var headIndex: UInt32 = 0
  private var waitingCount: UInt32 = 0
  /// Octets of payload that wait, as the owner counts them.
  var octets = 0

  private var head: Int {
    get { Int(headIndex) }
    set { headIndex = UInt32(truncatingIfNeeded: newValue) }
  }

  private(set) var count: Int {
    get { Int(waitingCount) }
    set { waitingCount = UInt32(truncatingIfNeeded: newValue) }
  }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ waiting: Waiting) {
    if count == ring.count { grow(with: waiting) }
    ring[(head + count) & (ring.count - 1)] = waiting
    count += 1
  }

  /// The message that waits longest.
  var first: Waiting? { count == 0 ? nil : ring[head] }

  mutating func popFirst() -> Waiting? {
    guard count > 0 else { return nil }
    let waiting = ring[head]
    head = (head + 1) & (ring.count - 1)
    count -= 1
    if count == 0, ring.count > Self.keptCapacity {
      ring = Slab()
      head = 0
    }
    return waiting
  }

  /// How many messages stand before the first with the topic of `message`; nothing when there is
  /// none.
  func position(ofTopicOf message: MessageID, in messages: borrowing MessageStore) -> Int? {
    let topic = messages.topic(of: message)
    for k in 0..<count {
      let waiting = ring[(head + k) & (ring.count - 1)]
      if isSameName(messages.topic(of: waiting.message), topic) { return k }
    }
    return nil
  }

  /// Takes out the message before which `position` (0..<`count`) others stand.
  mutating func remove(at position: Int) -> Waiting {
    let mask = ring.count - 1
    let removed = ring[(head + position) & mask]
    for k in position..<count - 1 { ring[(head + k) & mask] = ring[(head + k + 1) & mask] }
    count -= 1
    return removed
  }

  private mutating func grow(with filler: Waiting) {
    let size = max(ring.count * 2, 8)
    var larger = Slab<Waiting>(capacity: size)
    for k in 0..<count { larger.append(ring[(head + k) & (ring.count - 1)]) }
    while larger.count < size { larger.append(filler) }
    ring = larger
    head = 0
  }
}

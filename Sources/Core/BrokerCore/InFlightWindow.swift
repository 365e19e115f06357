import MQTTTerms
import SessionLink
import Slabs

/// The QoS 1 messages that were sent to a peer and are not acknowledged [MQTT 4.4].
///
/// New deliveries are numbered from 1 on each connection and rise by 1, so the ring is indexed by
/// the distance to the oldest identifier. Messages that a session brought along keep their
/// identifiers in a list of their own, and new ones skip them.
struct InFlightWindow: ~Copyable {
  struct Entry: BitwiseCopyable {
    var message: MessageID
    var packetID: PacketIdentifier
  }

  /// No message: acknowledged out of order, or an identifier that was skipped.
  private static let none = UInt32.max

  private var ring = Slab<UInt32>()
  private var head: UInt32 = 0
  private var tail: UInt32 = 0
  private var headID = PacketIdentifier(1)
  private var nextID = PacketIdentifier(1)
  /// Sent on an earlier connection.
  private var resumed = Slab<Entry>()
  /// How many messages are in flight.
  private(set) var count = 0

  /// Takes an identifier for `message`, or gives nothing while `limit` messages are in flight, or
  /// while the oldest one has stayed unacknowledged for too many others.
  mutating func push(_ message: MessageID, limit: Int) -> PacketIdentifier? {
    // Beyond 65,535 an identifier that is still in flight would come again.
    let span = UInt32(truncatingIfNeeded: min(max(limit, 8) &* 8, 65_535))
    guard count < limit, tail &- head < span else { return nil }
    while !resumed.isEmpty, isResumed(nextID) {
      guard tail &- head < span - 1 else { return nil }
      skip()
    }
    let id = nextID
    advance(with: message.index)
    count &+= 1
    return id
  }

  /// Takes the message with that identifier out.
  mutating func acknowledge(_ id: PacketIdentifier) -> MessageID? {
    if let message = takeResumed(id) { return message }
    // Identifiers run from 1 to 65,535 in a circle.
    var distance = Int(id.rawValue) - Int(headID.rawValue)
    if distance < 0 { distance += 65_535 }
    guard !id.isNone, distance < Int(tail &- head) else { return nil }
    let slot = slot(head &+ UInt32(truncatingIfNeeded: distance))
    let index = ring[slot]
    guard index != Self.none else { return nil }
    ring[slot] = Self.none
    count &-= 1
    while head != tail, ring[self.slot(head)] == Self.none {
      head &+= 1
      headID = headID.next
    }
    return MessageID(index: index)
  }

  /// A new connection: everything in flight keeps its identifier, numbering starts at 1 again.
  mutating func restart() {
    while head != tail {
      let index = ring[slot(head)]
      if index != Self.none {
        resumed.append(Entry(message: MessageID(index: index), packetID: headID))
      }
      head &+= 1
      headID = headID.next
    }
    headID = PacketIdentifier(1)
    nextID = headID
  }

  /// After `restart`: how many messages are to be sent again.
  var resumedCount: Int { resumed.count }

  /// After `restart`: one of them, in the order in which they were sent [MQTT-4.6.0-1].
  func resumed(_ index: Int) -> Entry { resumed[index] }

  /// Takes any message out: to give the references back at the end of a session.
  mutating func popAny() -> MessageID? {
    if let entry = resumed.popLast() { return entry.message }
    while head != tail {
      let index = ring[slot(head)]
      head &+= 1
      if index != Self.none { return MessageID(index: index) }
    }
    return nil
  }

  private func isResumed(_ id: PacketIdentifier) -> Bool {
    for index in 0..<resumed.count where resumed[index].packetID == id { return true }
    return false
  }

  private mutating func takeResumed(_ id: PacketIdentifier) -> MessageID? {
    for index in 0..<resumed.count where resumed[index].packetID == id {
      let message = resumed[index].message
      for next in (index + 1)..<max(resumed.count, index + 1) { resumed[next - 1] = resumed[next] }
      _ = resumed.popLast()
      count &-= 1
      return message
    }
    return nil
  }

  private func slot(_ sequence: UInt32) -> Int { Int(sequence) & (ring.count - 1) }

  private mutating func advance(with index: UInt32) {
    if Int(tail &- head) == ring.count { grow() }
    ring[slot(tail)] = index
    tail &+= 1
    nextID = nextID.next
  }

  /// Passes over an identifier.
  private mutating func skip() {
    if head != tail { return advance(with: Self.none) }
    headID = headID.next
    nextID = headID
  }

  private mutating func grow() {
    var larger = Slab<UInt32>(capacity: max(ring.count * 2, 8))
    for sequence in 0..<(tail &- head) { larger.append(ring[slot(head &+ sequence)]) }
    tail = tail &- head
    head = 0
    while larger.count < max(ring.count * 2, 8) { larger.append(Self.none) }
    ring = larger
  }
}

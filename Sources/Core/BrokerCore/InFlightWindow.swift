import MQTTTerms
import SessionLink
import Slabs

/// How far the delivery of a message to a peer has come [MQTT 4.3].
enum DeliveryPhase: UInt8, BitwiseCopyable {
  /// QoS 1: sent, PUBACK awaited.
  case awaitsAcknowledgement
  /// QoS 2: sent, PUBREC awaited.
  case awaitsReceipt
  /// QoS 2: released, PUBCOMP awaited. The message itself is not needed any more.
  case awaitsCompletion

  /// The QoS of the delivery.
  var qos: QoS { self == .awaitsAcknowledgement ? .atLeastOnce : .exactlyOnce }
}

/// The QoS 1 and 2 messages that were sent to a peer and are not done with [MQTT 4.4].
///
/// New deliveries are numbered from 1, on each connection unless numbering goes on, and rise by 1, so
/// the ring is indexed by the distance to the oldest identifier. Messages that a session brought
/// along keep their identifiers in a list of their own, and new ones skip them.
struct InFlightWindow: ~Copyable {
  struct Entry: BitwiseCopyable {
    /// Nothing once the peer has received a QoS 2 message.
    var message: MessageID?
    var phase: DeliveryPhase
    var packetID: PacketIdentifier
    /// The subscriptions it comes by, as `KeptIdentifiers` has them.
    var identifiers = SubscriptionIdentifiers.none
    var flags: DeliveryFlags = []
  }

  /// A place of the ring; free when it was settled out of order, or its identifier skipped.
  struct Place: BitwiseCopyable {
    var message: MessageID?
    var identifiers = SubscriptionIdentifiers.none
    var phase = DeliveryPhase.awaitsAcknowledgement
    var flags: DeliveryFlags = []
    var isFree = true
  }

  private var ring = Slab<Place>()
  /// Sent on an earlier connection …
  private var resumed = Slab<Entry>()
  /// … and how many of them were taken up again on this one.
  private var takenUpCount = 0
  private var head: UInt32 = 0
  private var tail: UInt32 = 0
  private var openCount: UInt32 = 0
  private var headID = PacketIdentifier(1)
  private var nextID = PacketIdentifier(1)

  /// How many messages are in flight.
  private(set) var count: Int {
    get { Int(openCount) }
    set { openCount = UInt32(truncatingIfNeeded: newValue) }
  }

  /// Takes an identifier for `message`, or gives nothing while `limit` messages are in flight, or
  /// while the oldest one has stayed unsettled for too many others, or one of before waits still.
  mutating func push(
    _ message: MessageID, _ qos: QoS, _ identifiers: SubscriptionIdentifiers,
    flags: DeliveryFlags = [], limit: Int
  ) -> PacketIdentifier? {
    // Beyond 65,535 an identifier that is still in flight would come again.
    let span = UInt32(truncatingIfNeeded: min(max(limit, 8) &* 8, 65_535))
    // [MQTT5-4.9.0-2]
    guard count < limit, tail &- head < span, !hasLeftBehind else { return nil }
    // [MQTT-2.3.1-4], [MQTT-4.3.2-1] [MQTT5-4.3.2-1] [MQTT5-4.3.3-1] an identifier that is not in
    // use; it is until the delivery is settled [MQTT5-4.3.2-3] [MQTT5-4.3.3-3].
    while !resumed.isEmpty, isResumed(nextID) {
      guard tail &- head < span - 1 else { return nil }
      skip()
    }
    let id = nextID
    let phase =
      qos == .exactlyOnce
      ? DeliveryPhase.awaitsReceipt : DeliveryPhase.awaitsAcknowledgement
    advance(
      with: Place(
        message: message, identifiers: identifiers, phase: phase, flags: flags, isFree: false))
    count &+= 1
    return id
  }

  /// What came of an acknowledgement.
  enum Settlement {
    /// No delivery with that identifier is in that phase.
    case unknown
    /// The identifier is free; here is the message, if there still was one, and the subscriptions
    /// it came by.
    case settled(MessageID?, SubscriptionIdentifiers)
  }

  /// Takes the delivery with that identifier out, if it is in `phase`; in any phase for nil.
  mutating func settle(_ id: PacketIdentifier, in phase: DeliveryPhase?) -> Settlement {
    if !resumed.isEmpty, let index = resumedIndex(of: id) {
      guard phase == nil || resumed[index].phase == phase else { return .unknown }
      return removeResumed(at: index)
    }
    guard let slot = slot(of: id), phase == nil || ring[slot].phase == phase else {
      return .unknown
    }
    let settled = Settlement.settled(ring[slot].message, ring[slot].identifiers)
    ring[slot].isFree = true
    count &-= 1
    while head != tail, ring[place(head)].isFree {
      head &+= 1
      headID = headID.next
    }
    return settled
  }

  /// Whether there is a QoS 2 delivery with that identifier.
  func holds(_ id: PacketIdentifier) -> Bool {
    if let index = resumedIndex(of: id) { return resumed[index].phase.qos == .exactlyOnce }
    return slot(of: id).map { ring[$0].phase.qos == .exactlyOnce } ?? false
  }

  /// The peer has received the QoS 2 message: gives it up, and waits for PUBCOMP. Nothing when it
  /// had received it before.
  mutating func receive(_ id: PacketIdentifier) -> MessageID? {
    if let index = resumedIndex(of: id) {
      guard resumed[index].phase == .awaitsReceipt else { return nil }
      resumed[index].phase = .awaitsCompletion
      return resumed[index].message.take()
    }
    guard let slot = slot(of: id), ring[slot].phase == .awaitsReceipt else { return nil }
    ring[slot].phase = .awaitsCompletion
    return ring[slot].message.take()
  }

  /// A new connection: everything in flight keeps its identifier; numbering starts at 1 again, unless
  /// it is `continuing`.
  mutating func restart(continuing: Bool = false) {
    while head != tail {
      let place = ring[place(head)]
      if !place.isFree {
        resumed.append(
          Entry(
            message: place.message, phase: place.phase, packetID: headID,
            identifiers: place.identifiers, flags: place.flags))
      }
      head &+= 1
      headID = headID.next
    }
    headID = continuing ? nextID : PacketIdentifier(1)
    nextID = headID
    takenUpCount = 0
  }

  /// Whether deliveries of an earlier connection wait to be taken up again.
  var hasLeftBehind: Bool { takenUpCount < resumed.count }

  /// After `restart`: the next delivery to be taken up again, in the order in which they were sent
  /// [MQTT-4.6.0-1]; nothing while `limit` of them are open [MQTT5-3.3.4-9]. A PUBREL goes out in
  /// any case.
  mutating func takeUp(limit: Int) -> Entry? {
    guard hasLeftBehind else { return nil }
    let entry = resumed[takenUpCount]
    guard entry.message == nil || takenUpCount < limit else { return nil }
    takenUpCount &+= 1
    return entry
  }

  /// Takes any delivery out, with or without a message: to give the references back at the end.
  mutating func popAny() -> Entry? {
    if let entry = resumed.popLast() { return entry }
    while head != tail {
      let place = ring[place(head)]
      head &+= 1
      if !place.isFree {
        return Entry(
          message: place.message, phase: place.phase, packetID: .none,
          identifiers: place.identifiers)
      }
    }
    return nil
  }

  private func isResumed(_ id: PacketIdentifier) -> Bool { resumedIndex(of: id) != nil }

  private func resumedIndex(of id: PacketIdentifier) -> Int? {
    for index in 0..<resumed.count where resumed[index].packetID == id { return index }
    return nil
  }

  private mutating func removeResumed(at index: Int) -> Settlement {
    if index < takenUpCount { takenUpCount &-= 1 }
    let settled = Settlement.settled(resumed[index].message, resumed[index].identifiers)
    for next in (index + 1)..<max(resumed.count, index + 1) { resumed[next - 1] = resumed[next] }
    _ = resumed.popLast()
    count &-= 1
    return settled
  }

  /// The ring's slot of a delivery in flight.
  @inline(__always)
  private func slot(of id: PacketIdentifier) -> Int? {
    // Identifiers run from 1 to 65,535 in a circle.
    var distance = Int(id.rawValue) - Int(headID.rawValue)
    if distance < 0 { distance += 65_535 }
    guard !id.isNone, distance < Int(tail &- head) else { return nil }
    let slot = place(head &+ UInt32(truncatingIfNeeded: distance))
    return ring[slot].isFree ? nil : slot
  }

  private func place(_ sequence: UInt32) -> Int { Int(sequence) & (ring.count - 1) }

  private mutating func advance(with new: Place) {
    if Int(tail &- head) == ring.count { grow() }
    ring[place(tail)] = new
    tail &+= 1
    nextID = nextID.next
  }

  /// Passes over an identifier.
  private mutating func skip() {
    if head != tail { return advance(with: Place()) }
    headID = headID.next
    nextID = headID
  }

  private mutating func grow() {
    let size = max(ring.count * 2, 8)
    var larger = Slab<Place>(capacity: size)
    for sequence in 0..<(tail &- head) { larger.append(ring[place(head &+ sequence)]) }
    tail = tail &- head
    head = 0
    while larger.count < size { larger.append(Place()) }
    ring = larger
  }
}

import MQTTTerms

/// The requests that wait for an acknowledgement: first the messages that the server has received
/// and that are to be released, in the order of their PUBRECs; then the others, in the order in
/// which they were made.
struct InFlight<let capacity: Int>: BitwiseCopyable {
  enum Request: BitwiseCopyable {
    /// A message at QoS 1 or 2.
    case publish(QoS)
    /// A message at QoS 2 that the application gave up: only its identifier is to be released.
    case abandoned
    case subscribe, unsubscribe
  }

  enum Stage: BitwiseCopyable {
    case sent
    /// After a reconnection: to be sent again, and the application knows.
    case mustResend, announced
    /// At QoS 2 after PUBREC: a PUBREL is due, or was sent.
    case mustRelease, released
  }

  struct Entry: BitwiseCopyable {
    var identifier: PacketIdentifier
    var request: Request
    var stage = Stage.sent
  }

  private var entries = InlineArray<capacity, Entry>(
    repeating: Entry(identifier: .none, request: .unsubscribe))
  private(set) var count = 0
  /// How many messages the server has received and not completed: the first entries.
  private var receivedCount = 0

  var isFull: Bool { count == capacity }

  /// Whether something is still to be sent again.
  var mustResend: Bool {
    var index = receivedCount
    while index < count {
      if entries[index].stage != .sent { return true }
      index += 1
    }
    return false
  }

  /// How many messages were sent, or announced to be sent again, that the server has not
  /// acknowledged to the end.
  var unacknowledgedCount: Int {
    var result = 0
    var index = 0
    while index < count {
      switch entries[index].request {
      case .publish, .abandoned: if entries[index].stage != .mustResend { result += 1 }
      case .subscribe, .unsubscribe: break
      }
      index += 1
    }
    return result
  }

  /// The identifier after `latest` that no request uses [MQTT-2.3.1-2] [MQTT5-2.2.1-3].
  func unusedIdentifier(after latest: PacketIdentifier) -> PacketIdentifier {
    var identifier = latest.next
    while position(of: identifier) != nil { identifier = identifier.next }
    return identifier
  }

  /// The request of that identifier.
  func entry(of identifier: PacketIdentifier) -> Entry? {
    guard let index = position(of: identifier) else { return nil }
    return entries[index]
  }

  /// Adds a request; the caller has checked that there is room.
  mutating func append(_ identifier: PacketIdentifier, _ request: Request) {
    entries[count] = Entry(identifier: identifier, request: request)
    count += 1
  }

  /// Takes the request of that identifier out, where there is one.
  mutating func remove(_ identifier: PacketIdentifier) {
    if let index = position(of: identifier) { remove(at: index) }
  }

  /// Marks every message as one that is to be sent again, or released again where the server has
  /// it [MQTT-4.4.0-1] [MQTT5-4.4.0-1], however old it is [MQTT5-4.3.3-7].
  mutating func markForResending() {
    var index = 0
    while index < count {
      entries[index].stage = index < receivedCount ? .mustRelease : .mustResend
      index += 1
    }
  }

  /// The next message that is to be sent again and has not been announced [MQTT-4.6.0-1]
  /// [MQTT5-4.6.0-1].
  mutating func announceResending() -> PacketIdentifier? {
    var index = receivedCount
    while index < count {
      if entries[index].stage == .mustResend {
        entries[index].stage = .announced
        return entries[index].identifier
      }
      index += 1
    }
    return nil
  }

  /// With which QoS that message is to be sent again; nil when it is not.
  func resendingQoS(_ identifier: PacketIdentifier) -> QoS? {
    guard let entry = entry(of: identifier), case .publish(let qos) = entry.request else {
      return nil
    }
    return entry.stage == .mustResend || entry.stage == .announced ? qos : nil
  }

  /// Notes that the message was sent again.
  mutating func markSent(_ identifier: PacketIdentifier) {
    if let index = position(of: identifier) { entries[index].stage = .sent }
  }

  /// Makes a PUBREL due for that message of QoS 2.
  mutating func release(_ identifier: PacketIdentifier, as request: Request) {
    guard let index = position(of: identifier) else { return }
    if index >= receivedCount {
      remove(at: index)
      insertReceived(Entry(identifier: identifier, request: request, stage: .mustRelease))
    } else {
      entries[index].stage = .mustRelease
    }
  }

  /// The message whose PUBREL is due first, in the order of the PUBRECs [MQTT-4.6.0-4]
  /// [MQTT5-4.6.0-4].
  var firstToRelease: PacketIdentifier? {
    var index = 0
    while index < receivedCount {
      if entries[index].stage == .mustRelease { return entries[index].identifier }
      index += 1
    }
    return nil
  }

  /// Notes that the PUBREL was sent.
  mutating func markReleased(_ identifier: PacketIdentifier) {
    if let index = position(of: identifier) { entries[index].stage = .released }
  }

  /// Drops everything but messages.
  mutating func keepPublications() {
    var index = 0
    while index < count {
      switch entries[index].request {
      case .publish, .abandoned: index += 1
      case .subscribe, .unsubscribe: remove(at: index)
      }
    }
  }

  mutating func removeAll() { (count, receivedCount) = (0, 0) }

  private func position(of identifier: PacketIdentifier) -> Int? {
    var index = 0
    while index < count {
      if entries[index].identifier == identifier { return index }
      index += 1
    }
    return nil
  }

  private mutating func insertReceived(_ entry: Entry) {
    var index = count
    while index > receivedCount {
      entries[index] = entries[index - 1]
      index -= 1
    }
    entries[receivedCount] = entry
    count += 1
    receivedCount += 1
  }

  private mutating func remove(at position: Int) {
    var index = position + 1
    while index < count {
      entries[index - 1] = entries[index]
      index += 1
    }
    count -= 1
    if position < receivedCount { receivedCount -= 1 }
  }
}

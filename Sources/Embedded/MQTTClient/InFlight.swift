import MQTTTerms

/// The requests that wait for an acknowledgement, in the order in which they were made.
struct InFlight<let capacity: Int>: BitwiseCopyable {
  enum Request: BitwiseCopyable { case publish, subscribe, unsubscribe }
  enum Stage: BitwiseCopyable { case sent, mustResend, announced }

  struct Entry: BitwiseCopyable {
    var identifier: PacketIdentifier
    var request: Request
    var stage = Stage.sent
  }

  private var entries = InlineArray<capacity, Entry>(
    repeating: Entry(identifier: .none, request: .publish))
  private(set) var count = 0

  var isFull: Bool { count == capacity }

  /// Whether something is still to be sent again.
  var mustResend: Bool {
    var index = 0
    while index < count {
      if entries[index].stage != .sent { return true }
      index += 1
    }
    return false
  }

  /// The identifier after `latest` that no request uses [MQTT-2.3.1-2].
  func unusedIdentifier(after latest: PacketIdentifier) -> PacketIdentifier {
    var identifier = latest.next
    while position(of: identifier) != nil { identifier = identifier.next }
    return identifier
  }

  /// Adds a request; the caller has checked that there is room.
  mutating func append(_ identifier: PacketIdentifier, _ request: Request) {
    entries[count] = Entry(identifier: identifier, request: request)
    count += 1
  }

  /// Takes the request out; false when there is none of that kind.
  mutating func remove(_ identifier: PacketIdentifier, _ request: Request) -> Bool {
    guard let index = position(of: identifier), entries[index].request == request else {
      return false
    }
    remove(at: index)
    return true
  }

  /// Marks every message as one that is to be sent again [MQTT-4.4.0-1].
  mutating func markForResending() {
    var index = 0
    while index < count {
      entries[index].stage = .mustResend
      index += 1
    }
  }

  /// The next message that is to be sent again and has not been announced [MQTT-4.6.0-1].
  mutating func announceResending() -> PacketIdentifier? {
    var index = 0
    while index < count {
      if entries[index].stage == .mustResend {
        entries[index].stage = .announced
        return entries[index].identifier
      }
      index += 1
    }
    return nil
  }

  /// Whether that message is to be sent again.
  func isToResend(_ identifier: PacketIdentifier) -> Bool {
    guard let index = position(of: identifier) else { return false }
    return entries[index].stage != .sent
  }

  /// Notes that the message was sent again.
  mutating func markSent(_ identifier: PacketIdentifier) {
    if let index = position(of: identifier) { entries[index].stage = .sent }
  }

  /// Drops everything but messages.
  mutating func keepPublications() {
    var index = 0
    while index < count {
      if entries[index].request == .publish { index += 1 } else { remove(at: index) }
    }
  }

  mutating func removeAll() { count = 0 }

  private func position(of identifier: PacketIdentifier) -> Int? {
    var index = 0
    while index < count {
      if entries[index].identifier == identifier { return index }
      index += 1
    }
    return nil
  }

  private mutating func remove(at position: Int) {
    var index = position + 1
    while index < count {
      entries[index - 1] = entries[index]
      index += 1
    }
    count -= 1
  }
}

/// The PUBACKs that have not been fetched yet, oldest first [MQTT-4.6.0-2].
struct AcknowledgementQueue<let capacity: Int>: BitwiseCopyable {
  private var identifiers = InlineArray<capacity, PacketIdentifier>(repeating: .none)
  private var head = 0
  private var count = 0

  var isFull: Bool { count == capacity }

  var first: PacketIdentifier? { count == 0 ? nil : identifiers[head] }

  /// Adds one; the caller has checked that there is room.
  mutating func append(_ identifier: PacketIdentifier) {
    identifiers[(head + count) % capacity] = identifier
    count += 1
  }

  mutating func removeFirst() {
    head = (head + 1) % capacity
    count -= 1
  }
}

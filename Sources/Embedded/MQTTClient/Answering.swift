import MQTTCodec
import MQTTTerms

/// The answers that have not been fetched yet, oldest first [MQTT-4.6.0-2] [MQTT-4.6.0-3].
struct AnswerQueue<let capacity: Int>: BitwiseCopyable {
  private var answers = InlineArray<capacity, PublishAcknowledgement>(
    repeating: PublishAcknowledgement(.puback, .none))
  private var head = 0
  private var count = 0

  var isFull: Bool { count == capacity }

  var first: PublishAcknowledgement? { count == 0 ? nil : answers[head] }

  /// Adds one; the caller has checked that there is room.
  mutating func append(_ kind: PublishAcknowledgement.Kind, _ identifier: PacketIdentifier) {
    answers[(head + count) % capacity] = PublishAcknowledgement(kind, identifier)
    count += 1
  }

  mutating func removeFirst() {
    head = (head + 1) % capacity
    count -= 1
  }
}

/// The identifiers of the QoS 2 messages that were told and that the server has not released yet.
struct IncomingIdentifiers<let capacity: Int>: BitwiseCopyable {
  private var identifiers = InlineArray<capacity, PacketIdentifier>(repeating: .none)
  private var count = 0

  var isFull: Bool { count == capacity }

  func contains(_ identifier: PacketIdentifier) -> Bool { position(of: identifier) != nil }

  /// Adds one that is not there; the caller has checked that there is room.
  mutating func insert(_ identifier: PacketIdentifier) {
    identifiers[count] = identifier
    count += 1
  }

  /// Takes it out, where it is there.
  mutating func remove(_ identifier: PacketIdentifier) {
    guard let index = position(of: identifier) else { return }
    count -= 1
    identifiers[index] = identifiers[count]
  }

  mutating func removeAll() { count = 0 }

  private func position(of identifier: PacketIdentifier) -> Int? {
    var index = 0
    while index < count {
      if identifiers[index] == identifier { return index }
      index += 1
    }
    return nil
  }
}

extension Client {
  /// Takes a message, and owes its acknowledgement; nil when it was told before.
  @_lifetime(copy publish)
  mutating func messageArrived(_ publish: Publish) -> ClientEvent? {
    let identifier = publish.header.packetIdentifier
    switch publish.header.qos {
    case .atMostOnce: break
    case .atLeastOnce: answers.append(.puback, identifier)
    case .exactlyOnce:
      // [MQTT-4.3.3-2] Acknowledged each time, told once.
      let isKnown = unreleased.contains(identifier)
      if !isKnown, unreleased.isFull { return close(.tooManyMessages) }
      answers.append(.pubrec, identifier)
      if isKnown { return nil }
      unreleased.insert(identifier)
    }
    return .message(publish)
  }

  /// Takes a PUBREL. What nothing is known of is completed all the same: the server may not have
  /// got the PUBCOMP [MQTT-4.3.3-2].
  mutating func messageReleased(_ identifier: PacketIdentifier) {
    unreleased.remove(identifier)
    answers.append(.pubcomp, identifier)
  }

  @_lifetime(output: copy output)
  mutating func transmitAnswers(into output: inout OutputRawSpan) {
    while let answer = answers.first {
      do { try answer.encode(into: &output, version: version) } catch { return }
      answers.removeFirst()
      liveness.sent(at: clock)
    }
  }
}

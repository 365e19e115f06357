import MQTTCodec
import MQTTTerms

/// The answers that have not been fetched yet, oldest first [MQTT-4.6.0-2] [MQTT-4.6.0-3]
/// [MQTT5-4.6.0-2] [MQTT5-4.6.0-3].
struct AnswerQueue<let capacity: Int>: BitwiseCopyable {
  /// One answer: a PublishAcknowledgement without properties.
  struct Answer: BitwiseCopyable {
    var kind: PublishAcknowledgement.Kind
    var identifier: PacketIdentifier
    var reasonCode = ReasonCode.success
  }

  private var answers = InlineArray<capacity, Answer>(
    repeating: Answer(kind: .puback, identifier: .none))
  private var head = 0
  private var count = 0

  var isFull: Bool { count == capacity }

  var first: Answer? { count == 0 ? nil : answers[head] }

  /// Adds one; the caller has checked that there is room.
  mutating func append(
    _ kind: PublishAcknowledgement.Kind, _ identifier: PacketIdentifier,
    _ reasonCode: ReasonCode = .success
  ) {
    // [MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT5-4.6.0-2] [MQTT5-4.6.0-3]
    answers[(head + count) % capacity] = Answer(
      kind: kind, identifier: identifier, reasonCode: reasonCode)
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
  private(set) var count = 0

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
    if let reason = resolveTopicAlias(of: publish) { return close(reason) }
    let identifier = publish.header.packetIdentifier
    // [MQTT-4.5.0-2] [MQTT5-3.3.4-1] [MQTT5-4.5.0-2]
    switch publish.header.qos {
    case .atMostOnce: break
    // [MQTT5-4.3.2-4] [MQTT5-4.3.2-5]
    case .atLeastOnce: answers.append(.puback, identifier)
    case .exactlyOnce:
      // [MQTT-4.3.3-2] [MQTT5-4.3.3-8] [MQTT5-4.3.3-10] Acknowledged each time, told once.
      let isKnown = unreleased.contains(identifier)
      if !isKnown, !hasRoomForUnreleased { return close(.tooManyMessages) }
      answers.append(.pubrec, identifier)
      if isKnown { return nil }
      unreleased.insert(identifier)
    }
    return .message(publish)
  }

  /// Whether one more message may wait for its PUBREL.
  private var hasRoomForUnreleased: Bool {
    unreleased.count < min(incoming, Int(promises.receiveMaximum))
  }

  /// Takes a PUBREL. What nothing is known of is completed all the same: the server may not have
  /// got the PUBCOMP [MQTT-4.3.3-2] [MQTT5-4.3.3-11] [MQTT5-4.3.3-12] [MQTT5-4.3.3-13].
  mutating func messageReleased(_ identifier: PacketIdentifier) {
    let isKnown = unreleased.contains(identifier)
    unreleased.remove(identifier)
    answers.append(.pubcomp, identifier, isKnown ? .success : .packetIdentifierNotFound)
  }

  @_lifetime(output: copy output)
  mutating func transmitAnswers(into output: inout OutputRawSpan) {
    while let answer = answers.first {
      // [MQTT5-3.4.2-2] [MQTT5-3.4.2-3] [MQTT5-3.5.2-2] [MQTT5-3.5.2-3] [MQTT5-3.6.2-2]
      // [MQTT5-3.6.2-3] [MQTT5-3.7.2-2] [MQTT5-3.7.2-3] Never any properties.
      let packet = PublishAcknowledgement(
        answer.kind, answer.identifier, reasonCode: answer.reasonCode)
      do { try packet.encode(into: &output, version: version) } catch { return }
      answers.removeFirst()
      liveness.sent(at: clock)
    }
  }
}

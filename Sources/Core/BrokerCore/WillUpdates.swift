import MQTTTerms
import SessionLink
import Slabs

// Wills that change while the peer is connected [SN 6.4].
extension Broker {
  /// Changes the will of a connected peer, as far as that is allowed, and says so.
  mutating func updateWill(
    _ update: WillUpdate, of link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    let reception = updateWill(update, session)
    commands.commands.append(.willUpdated(link, reception))
  }

  private mutating func updateWill(_ update: WillUpdate, _ session: Int) -> Reception {
    switch update {
    case .none:
      if let before = sessions[session].will.take() { messages.release(before.message) }
      return .accepted
    case .topic(let topic, let qos, let isRetained):
      let payload = sessions[session].will.map { messages.copyOfPayload(of: $0.message) } ?? Slab()
      let message = IncomingPublish(
        topic: topic, payload: payload.span, qos: qos, isRetained: isRetained, packetID: .none)
      return replaceWill(message, session)
    case .message(let payload):
      // A message without a topic is no will.
      guard let will = sessions[session].will else { return .notAuthorized }
      let topic = messages.copyOfTopic(of: will.message)
      let message = IncomingPublish(
        topic: topic.span, payload: payload, qos: messages.qos(of: will.message),
        isRetained: will.isRetained, packetID: .none)
      return replaceWill(message, session)
    }
  }

  private mutating func replaceWill(
    _ publish: borrowing IncomingPublish, _ session: Int
  ) -> Reception {
    guard !isReserved(publish.topic), !isRequest(publish.topic),
      mayDo(.will, publish.topic, session)
    else {
      deny(.will, publish.topic, session)
      return .notAuthorized
    }
    if let reception = refusal(of: publish) { return reception }
    let message = messages.insert(
      topic: publish.topic, payload: publish.payload, qos: publish.qos)
    let will = Session.Will(
      message: message, isRetained: publish.isRetained, delay: 0, expiry: .max)
    if let before = sessions[session].will { messages.release(before.message) }
    sessions[session].will = will
    return .accepted
  }
}

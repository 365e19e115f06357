import SessionLink

// Retained messages, and how they come to new subscriptions.
extension Model {
  /// Makes a message the retained one of its topic; an empty one clears it.
  mutating func keep(_ message: ModelMessage, of publisher: ModelSession?) {
    guard message.payload != 0 else { return forget(message.topic) }
    var message = message
    message.publisher = publisher?.client
    message.identity = publisher?.identity ?? 0
    retained[message.topic] = message
    renewReplays(message.topic)
  }

  mutating func forget(_ topic: Int) {
    retained[topic] = nil
    renewReplays(topic)
  }

  /// Who waits for the message of before gets the one of now.
  private func renewReplays(_ topic: Int) {
    for case let session? in sessions {
      for place in session.replays.indices {
        let message = retained(topic, for: session.replays[place].subscription, session)
        session.replays[place].renew(topic, message)
      }
    }
  }

  /// What a subscription gets of a topic: nothing that is over, and perhaps nothing of its own.
  private func retained(
    _ topic: Int, for subscription: ModelSubscription, _ session: ModelSession
  ) -> ModelMessage? {
    guard let message = retained[topic], message.end > clock,
      !subscription.isNoLocal || message.publisher != session.client
    else { return nil }
    return message
  }

  mutating func startReplay(_ subscription: ModelSubscription, _ session: ModelSession) {
    var replay = ModelReplay(subscription: subscription)
    for topic in WalkNames.matched[subscription.filter] where retained[topic] != nil {
      if let message = retained(topic, for: subscription, session) {
        replay.messages.append(message)
      } else {
        replay.uncertain.insert(topic)
      }
    }
    session.replays.append(replay)
  }

  /// Of a client that leaves, what it was to get for new subscriptions waits in its queue.
  mutating func park(_ session: ModelSession) {
    for replay in session.replays {
      for message in replay.messages {
        var copy = replay.copy(message)
        copy.isParked = true
        if copy.qos > 0 || session.request.queuesQoS0 { enqueue(copy, session) }
      }
    }
  }

  /// Whether the model knows what becomes of a client that leaves now. It has no order for parked
  /// messages: it does not know which of them a full queue drops, which of both QoS is in the way
  /// of the other, and in which place one stands whose time is over.
  func canLeave(_ client: Int) -> Bool {
    guard let session = sessions[client], session.link != nil else { return true }
    let parked = session.replays.flatMap(\.messages)
    guard session.replays.allSatisfy(\.uncertain.isEmpty) else { return false }
    if session.request.queuesQoS0 { return parked.isEmpty }
    return session.queue.count + parked.count <= rules.queueLimit
      && parked.allSatisfy { $0.end == .max }
  }

  /// Whether a subscription would make it unclear which of a client's replays a message is from.
  func wouldOverlap(_ client: Int, _ filter: Int) -> Bool {
    let topics = WalkNames.matched[filter]
    return (sessions[client]?.replays ?? []).contains { replay in
      replay.subscription.filter != filter
        && (replay.messages.contains { topics.contains($0.topic) }
          || replay.uncertain.contains { topics.contains($0) })
    }
  }

  /// After the event: what is left over must be retained messages for new subscriptions, and none
  /// that could go may stay.
  mutating func settle() throws {
    for (link, left) in told {
      for next in left {
        guard case .message(let delivery) = next,
          let session = sessions.first(where: { $0?.link == link }).flatMap({ $0 })
        else { throw Disagreement("\(name(link)): \(next) was not expected") }
        try takeReplayed(delivery, session)
      }
    }
    told.removeAll(keepingCapacity: true)
    for case let session? in sessions where session.takesMessages && session.hasRoom {
      if session.awaitsReplay {
        throw Disagreement("client \(session.client): retained messages are stuck")
      }
      session.replays = []
    }
  }

  private func takeReplayed(_ delivery: ModelDelivery, _ session: ModelSession) throws {
    guard session.takesMessages else {
      throw Disagreement("client \(session.client): takes no \(delivery) now")
    }
    for place in session.replays.indices {
      let topic = delivery.topic
      let current = retained(topic, for: session.replays[place].subscription, session)
      guard let copy = session.replays[place].take(delivery, current) else { continue }
      guard let id = copy.qos == 0 ? 0 : session.fly(copy), id == delivery.id else {
        throw Disagreement("client \(session.client): \(delivery) has no place in flight")
      }
      return
    }
    throw Disagreement("client \(session.client): \(delivery) was not expected")
  }
}

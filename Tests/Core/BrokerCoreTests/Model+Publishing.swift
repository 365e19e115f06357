import SessionLink

// Messages, from publisher to subscribers.
extension Model {
  /// A client publishes; `id` is 0 at QoS 0.
  mutating func publish(
    _ client: Int, _ message: ModelMessage, isRetained: Bool, _ id: UInt16
  ) throws {
    guard let session = sessions[client] else { return }
    if message.topic == WalkNames.reserved { return try refuse(message, id, session) }
    switch message.qos {
    case 0: _ = try accept(message, isRetained, session)
    case 1:
      let reception = try accept(message, isRetained, session)
      try expect(.acknowledged(id, reception), at: session.link)
    default:
      // It is published when its identifier comes for the first time.
      var reception = Reception.accepted
      if !session.incoming.contains(id) {
        guard mayBringMore(session) else {
          try expect(.closed(.receiveMaximumExceeded), at: session.link)
          return try close(client, .lost)
        }
        session.incoming.insert(id)
        reception = try accept(message, isRetained, session)
      }
      try expect(.confirmed(id, reception), at: session.link)
    }
  }

  /// The broker itself publishes, or somebody who has no session and may not publish everywhere.
  mutating func publish(_ message: ModelMessage, isRetained: Bool, isBroker: Bool) throws {
    if message.topic == WalkNames.reserved, !isBroker {
      dropped += 1
    } else {
      _ = try accept(message, isRetained, nil)
    }
  }

  /// Whether one more QoS 2 message of the client is not too much.
  func mayBringMore(_ session: ModelSession) -> Bool {
    let count = session.incoming.count
    return count < rules.incomingLimit
      && !(rules.closesAtReceiveMaximum && count >= rules.receiveMaximum)
  }

  mutating func release(_ client: Int, _ id: UInt16) throws {
    let isKnown = sessions[client]?.incoming.remove(id) != nil
    try expect(.completed(id, isKnown: isKnown), at: sessions[client]?.link)
  }

  private mutating func accept(
    _ message: ModelMessage, _ isRetained: Bool, _ session: ModelSession?
  ) throws -> Reception {
    var message = message
    message.end = end(of: message)
    if isRetained {
      message.number = newNumber()
      // One that is over at once only clears what was there.
      if message.expiry == 0 { forget(message.topic) } else { keep(message, of: session) }
    }
    message.number = newNumber()
    let hasSubscribers = try distribute(message, from: session?.client, isRetained: isRetained)
    return hasSubscribers ? .accepted : .withoutSubscribers
  }

  /// Who does not hear why a QoS 2 message was refused goes on with it as if it were not.
  private mutating func refuse(
    _ message: ModelMessage, _ id: UInt16, _ session: ModelSession
  ) throws {
    dropped += 1
    if message.qos == 1 {
      return try expect(.acknowledged(id, .notAuthorized), at: session.link)
    }
    guard message.qos == 2 else { return }
    let isKnown = session.incoming.contains(id)
    if !session.request.isFive, session.incoming.count < rules.incomingLimit {
      session.incoming.insert(id)
    }
    try expect(.confirmed(id, isKnown ? .accepted : .notAuthorized), at: session.link)
  }

  // MARK: To subscribers

  /// One copy that goes out: to a client by these subscriptions, or to a share.
  private enum Addressee {
    case client(Int, [ModelSubscription])
    case share(filter: Int, name: Int)
  }

  /// Hands a message to everybody who has subscribed; false when nobody has.
  mutating func distribute(
    _ message: ModelMessage, from publisher: Int?, isRetained: Bool
  ) throws -> Bool {
    let addressees = addressees(of: message.topic)
    for addressee in addressees {
      switch addressee {
      case .client(let client, let subscriptions):
        let wanted = subscriptions.filter { client != publisher || !$0.isNoLocal }
        try deliver(message, by: wanted, isRetained, to: client)
      case .share(let filter, let name):
        guard let (client, subscription) = nextMember(filter, name) else { continue }
        try deliver(message, by: [subscription], isRetained, to: client)
      }
    }
    return !addressees.isEmpty
  }

  private func addressees(of topic: Int) -> [Addressee] {
    var addressees: [Addressee] = []
    /// Where a client stands that gets one copy for all its subscriptions.
    var places = Array(repeating: -1, count: sessions.count)
    for filter in WalkNames.matching[topic] {
      for listing in listings[filter] {
        guard case .client(let client) = listing, let session = sessions[client],
          let subscription = session.subscriptions.first(where: {
            $0.filter == filter && $0.share == 0
          })
        else {
          if case .share(let name) = listing {
            addressees.append(.share(filter: filter, name: name))
          }
          continue
        }
        if places[client] >= 0, case .client(_, let others) = addressees[places[client]] {
          addressees[places[client]] = .client(client, others + [subscription])
        } else {
          let getsEach = rules.deliversOverlaps && !session.request.isFive
          if !getsEach { places[client] = addressees.count }
          addressees.append(.client(client, [subscription]))
        }
      }
    }
    return addressees
  }

  /// One copy by all these subscriptions: the highest QoS, all identifiers, RETAIN if one of them
  /// keeps it.
  private mutating func deliver(
    _ message: ModelMessage, by subscriptions: [ModelSubscription], _ isRetained: Bool,
    to client: Int
  ) throws {
    guard let session = sessions[client], let granted = subscriptions.map(\.qos).max() else {
      return
    }
    let copy = ModelCopy(
      message: message, qos: rules.upgradesQoS ? granted : min(granted, message.qos),
      isRetained: isRetained && subscriptions.contains(where: \.isRetainAsPublished),
      identifiers: subscriptions.map(\.identifier).filter { $0 != 0 }.sorted())
    try deliver(copy, to: session)
  }

  private mutating func deliver(_ copy: ModelCopy, to session: ModelSession) throws {
    // Nothing overtakes what waits, but a QoS 0 message that does not wait itself.
    let overtakes = copy.qos == 0 && !session.request.queuesQoS0
    if session.takesMessages, overtakes || session.queue.isEmpty {
      if copy.qos == 0 { return try expect(.message(copy.delivery(0)), at: session.link) }
      if let id = session.fly(copy) {
        return try expect(.message(copy.delivery(id)), at: session.link)
      }
    }
    enqueue(copy, session)
  }

  mutating func enqueue(_ copy: ModelCopy, _ session: ModelSession) {
    guard copy.qos > 0 || session.request.queuesQoS0, hasRoom(session) else {
      dropped += 1
      return
    }
    session.queue.append(copy)
  }

  /// A full queue first loses what waits longest and is over.
  private mutating func hasRoom(_ session: ModelSession) -> Bool {
    if session.queue.count < rules.queueLimit { return true }
    let over = session.queue.prefix { $0.message.end <= clock }.count
    session.queue.removeFirst(over)
    expired += over
    return over > 0
  }
}

import SessionLink

// What clients say of messages that were sent to them, and what goes out then.
extension Model {
  /// PUBACK
  mutating func acknowledge(_ client: Int, _ id: UInt16) throws {
    try remove(client, id) { $0.copy.qos == 1 }
  }

  /// PUBCOMP
  mutating func complete(_ client: Int, _ id: UInt16) throws {
    try remove(client, id) { $0.copy.qos == 2 && $0.isReceived }
  }

  /// The client refuses it, or its link could not carry it: that is the end of it.
  mutating func discard(_ client: Int, _ id: UInt16) throws {
    try remove(client, id) { _ in true }
  }

  /// PUBREC
  mutating func receive(_ client: Int, _ id: UInt16) throws {
    guard let session = sessions[client] else { return }
    let place = session.inFlight.firstIndex { $0.id == id && $0.copy.qos == 2 }
    if let place { session.inFlight[place].isReceived = true }
    try expect(.released(id, isKnown: place != nil), at: session.link)
  }

  private mutating func remove(
    _ client: Int, _ id: UInt16, if isRight: (ModelSession.InFlight) -> Bool
  ) throws {
    guard let session = sessions[client],
      let place = session.inFlight.firstIndex(where: { $0.id == id }),
      isRight(session.inFlight[place])
    else { return }
    session.inFlight.remove(at: place)
    try drain(session)
  }

  /// Sends what can go out: first what was in flight on an earlier connection, then what waits.
  mutating func drain(_ session: ModelSession) throws {
    guard session.takesMessages else { return }
    try takeUp(session)
    while let head = session.queue.first {
      if head.message.end <= clock {
        session.queue.removeFirst()
        expired += 1
        continue
      }
      guard head.qos == 0 || session.hasRoom else { return }
      let place = try head.isParked ? parkedPlace(session) : 0
      let copy = session.queue[place]
      guard let id = copy.qos == 0 ? 0 : session.fly(copy) else { return }
      session.queue.remove(at: place)
      try expect(.message(copy.delivery(id)), at: session.link)
    }
  }

  /// No more at once than the client takes; PUBREL goes out in any case.
  private mutating func takeUp(_ session: ModelSession) throws {
    while let place = session.inFlight.firstIndex(where: \.isLeftBehind) {
      let entry = session.inFlight[place]
      let count = session.inFlight[..<place].count(where: \.wasResumed)
      guard entry.isReceived || count < session.request.limit else { return }
      session.inFlight[place].isLeftBehind = false
      try expect(
        entry.isReceived
          ? .released(entry.id, isKnown: true)
          : .message(entry.copy.delivery(entry.id, isDuplicate: true)), at: session.link)
    }
  }

  /// Parked retained messages have no order among each other.
  private func parkedPlace(_ session: ModelSession) throws -> Int {
    guard let link = session.link, case .message(let delivery) = told[link]?.first,
      let place = session.queue.prefix(while: \.isParked).firstIndex(where: {
        $0.delivery(delivery.id) == delivery
      })
    else {
      throw Disagreement("client \(session.client): awaits \(session.queue.count) that wait")
    }
    return place
  }
}

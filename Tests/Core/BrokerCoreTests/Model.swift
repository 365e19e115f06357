import MQTTTerms
import SessionLink

/// A broker of plain lists: slow, and easy to believe. It is told each event together with what
/// the real broker said, and throws where that is not what it should have said.
struct Model {
  static let queueLimit = 200

  var sessions: [Int: ModelSession] = [:]
  var retained: [String: ModelMessage] = [:]
  /// What each client was told in this step and the model has not looked at yet.
  var told: [Int: [Told]] = [:]
  private var lastNumber = 0

  // MARK: Events

  mutating func open(
    _ client: Int, _ request: ModelSession, will: (ModelMessage, isRetained: Bool)?
  ) throws {
    if let link = sessions[client]?.link {
      try expect(.takenOver, at: client, if: link != request.link)
      try close(client, isLost: true)
    }
    let known = request.isClean ? nil : sessions[client]
    var session = known ?? request
    session.isClean = request.isClean
    session.link = request.link
    session.isPaused = false
    session.will = will.map { (numbered($0.0), $0.isRetained) }
    sessions[client] = session
    try expect(.opened(isPresent: known != nil), at: client)
    if known != nil { try redeliver(to: client) }
  }

  mutating func close(_ client: Int, isLost: Bool) throws {
    guard var session = sessions[client], session.link != nil else { return }
    session.link = nil
    session.isPaused = false
    park(&session)
    let will = session.will
    session.will = nil
    sessions[client] = session
    if isLost, let will { try publish(will.message, isRetained: will.isRetained, sharing: true) }
    if session.isClean { sessions[client] = nil }
  }

  mutating func publish(_ message: ModelMessage, isRetained: Bool, sharing: Bool = false) throws {
    let message = sharing ? message : numbered(message)
    if isRetained { keep(sharing ? message : numbered(message)) }
    for client in sessions.keys.sorted() {
      guard
        let granted = sessions[client]?.subscriptions.filter({ matches($0.filter, message) })
          .map(\.qos).max()
      else { continue }
      try deliver(message, min(granted, message.qos), to: client)
    }
  }

  mutating func subscribe(_ client: Int, _ filter: String, _ qos: UInt8) throws {
    guard var session = sessions[client] else { return }
    session.subscriptions.removeAll { $0.filter == filter }
    session.subscriptions.append((filter, qos))
    session.replays.removeAll { $0.filter == filter }
    let messages = retained.values.filter { matches(filter, $0) }
    session.replays.append(.init(filter: filter, qos: qos, messages: messages))
    sessions[client] = session
    try expect(.subscribed([qos]), at: client)
  }

  mutating func unsubscribe(_ client: Int, _ filter: String) throws {
    sessions[client]?.subscriptions.removeAll { $0.filter == filter }
    sessions[client]?.replays.removeAll { $0.filter == filter }
    try expect(.unsubscribed, at: client)
  }

  /// PUBACK, PUBREC or PUBCOMP, whichever the delivery waits for.
  mutating func acknowledge(_ client: Int, _ id: UInt16) throws {
    guard let place = sessions[client]?.inFlight.firstIndex(where: { $0.id == id }),
      let entry = sessions[client]?.inFlight[place]
    else { return }
    if entry.qos == 2, !entry.isReceived {
      sessions[client]?.inFlight[place].isReceived = true
      return try expect(.released(id), at: client)
    }
    sessions[client]?.inFlight.remove(at: place)
    try drain(client)
  }

  /// A QoS 2 message is published when its identifier comes for the first time.
  mutating func publishOnce(
    _ message: ModelMessage, isRetained: Bool, _ client: Int, _ id: UInt16
  ) throws {
    if sessions[client]?.incoming.insert(id).inserted == true {
      try publish(message, isRetained: isRetained)
    }
    try expect(.confirmed(id), at: client)
  }

  mutating func release(_ client: Int, _ id: UInt16) throws {
    sessions[client]?.incoming.remove(id)
    try expect(.completed(id), at: client)
  }

  mutating func pause(_ client: Int) { sessions[client]?.isPaused = true }

  mutating func resume(_ client: Int) throws {
    sessions[client]?.isPaused = false
    try drain(client)
  }

  /// After the event: what is left over must be retained messages for new subscriptions, and none
  /// that could go may stay.
  mutating func settle() throws {
    for client in told.keys.sorted() {
      while let next = told[client]?.first {
        guard case .message(let delivery) = next else {
          throw Disagreement("client \(client): \(next) was not expected")
        }
        try takeReplayed(delivery, client)
        told[client]?.removeFirst()
      }
    }
    for (client, session) in sessions where session.takesMessages && session.replayCount > 0 {
      if session.hasRoom { throw Disagreement("client \(client): retained messages are stuck") }
    }
  }

  // MARK: Steps

  func matches(_ filter: String, _ message: ModelMessage) -> Bool {
    let (filter, name) = (Array(filter.utf8), Array(message.topic.utf8))
    return topicMatches(filter: filter.span, name: name.span)
  }

  /// Whether a subscription would make it unclear which of a client's replays a message is from.
  func wouldOverlap(_ client: Int, _ filter: String) -> Bool {
    (sessions[client]?.replays ?? []).contains { replay in
      replay.filter != filter
        && (replay.messages.contains { matches(filter, $0) }
          || replay.cleared.contains { retained[$0].map { matches(filter, $0) } ?? false })
    }
  }

  private mutating func numbered(_ message: ModelMessage) -> ModelMessage {
    lastNumber += 1
    var message = message
    message.number = lastNumber
    return message
  }

  private mutating func keep(_ message: ModelMessage) {
    retained[message.topic] = message.payload.isEmpty ? nil : message
    // Who waits for the one before gets this one.
    for client in sessions.keys {
      for place in sessions[client]?.replays.indices ?? 0..<0 {
        sessions[client]?.replays[place].renew(message)
      }
    }
  }

  private mutating func deliver(_ message: ModelMessage, _ qos: UInt8, to client: Int) throws {
    guard var session = sessions[client] else { return }
    let overtakes = qos == 0 && !session.queuesQoS0 || session.queue.isEmpty
    if session.takesMessages, overtakes, qos == 0 || session.hasRoom {
      let id = session.takeID(for: message, qos)
      sessions[client] = session
      return try expect(message, qos, id, at: client)
    }
    guard qos > 0 || session.queuesQoS0, session.queue.count < Self.queueLimit else { return }
    session.queue.append(.init(message: message, qos: qos))
    sessions[client] = session
  }

  private mutating func redeliver(to client: Int) throws {
    for place in sessions[client]?.inFlight.indices ?? 0..<0 {
      sessions[client]?.inFlight[place].wasResumed = true
    }
    sessions[client]?.nextID = 1
    for sent in sessions[client]?.inFlight ?? [] {
      if sent.isReceived {
        try expect(.released(sent.id), at: client)
      } else {
        try expect(sent.message, sent.qos, sent.id, isDuplicate: true, at: client)
      }
    }
    try drain(client)
  }

  private mutating func drain(_ client: Int) throws {
    while var session = sessions[client], session.takesMessages, let head = session.queue.first,
      head.qos == 0 || session.hasRoom
    {
      let place = try head.isRetained ? parkedPlace(in: session.queue, client) : 0
      let waiting = session.queue.remove(at: place)
      let id = session.takeID(for: waiting.message, waiting.qos)
      sessions[client] = session
      try expect(waiting.message, waiting.qos, id, isRetained: waiting.isRetained, at: client)
    }
  }

  /// Parked retained messages have no order among each other.
  private func parkedPlace(in queue: [ModelSession.Waiting], _ client: Int) throws -> Int {
    guard case .message(let delivery) = told[client]?.first,
      let place = queue.prefix(while: \.isRetained).firstIndex(where: {
        $0.message.topic == delivery.topic && $0.message.payload == delivery.payload
      })
    else { throw Disagreement("client \(client): waits for \(queue.count) parked messages") }
    return place
  }

  /// Of a client that leaves, what it was to get for new subscriptions waits in its queue.
  private func park(_ session: inout ModelSession) {
    for replay in session.replays {
      for message in replay.messages {
        let qos = min(replay.qos, message.qos)
        guard qos > 0 || session.queuesQoS0 else { continue }
        session.queue.append(.init(message: message, qos: qos, isRetained: true))
      }
    }
    session.replays = []
  }

  private mutating func takeReplayed(_ delivery: ModelDelivery, _ client: Int) throws {
    guard var session = sessions[client], session.takesMessages, delivery.isRetained else {
      throw Disagreement("client \(client): \(delivery) was not expected")
    }
    guard delivery.qos == 0 || session.hasRoom else {
      throw Disagreement("client \(client): more in flight than it takes")
    }
    guard let message = session.takeReplayed(delivery, retained[delivery.topic]) else {
      throw Disagreement("client \(client): \(delivery) is not retained for it")
    }
    let id = session.takeID(for: message, delivery.qos)
    guard id == delivery.id else { throw Disagreement("client \(client): #\(delivery.id)") }
    sessions[client] = session
  }

  private mutating func expect(
    _ message: ModelMessage, _ qos: UInt8, _ id: UInt16, isRetained: Bool = false,
    isDuplicate: Bool = false, at client: Int
  ) throws {
    try expect(
      .message(
        ModelDelivery(
          topic: message.topic, payload: message.payload, qos: qos, id: id,
          isRetained: isRetained, isDuplicate: isDuplicate)), at: client)
  }

  mutating func expect(_ wanted: Told, at client: Int, if condition: Bool = true) throws {
    guard condition else { return }
    guard let first = told[client]?.first, first == wanted else {
      let got = told[client]?.first.map { "\($0)" } ?? "nothing"
      throw Disagreement("client \(client): \(got) instead of \(wanted)")
    }
    told[client]?.removeFirst()
  }
}

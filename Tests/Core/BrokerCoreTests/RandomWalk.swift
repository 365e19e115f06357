import MQTTTerms
import SessionLink
import Slabs

@testable import BrokerCore

/// A random walk over the broker core, and the model beside it.
struct RandomWalk: ~Copyable {
  var broker: Broker
  var model = Model()
  var commands = CommandQueue()
  private var random: SplitMix
  private var openings = 0
  private var payloads = 0
  private static let clients = 8

  init(seed: UInt64) {
    var limits = BrokerLimits()
    limits.queuedMessages = Model.queueLimit
    broker = Broker(limits: limits, policy: .init(allowsAnonymous: true), seed: seed)
    random = SplitMix(state: seed)
  }

  mutating func run(steps: Int) throws {
    for step in 0..<steps {
      do {
        try self.step()
        if step % 64 == 0 { try compareTables() }
      } catch { throw Disagreement("step \(step): \(error)") }
    }
    try leaveEverything()
  }

  private mutating func step() throws {
    let client = random.below(Self.clients)
    switch random.below(100) {
    case 0..<38: try publish(client)
    case 38..<44: try release(client)
    case 44..<64: try acknowledge(client)
    case 64..<74: try subscribe(client)
    case 74..<78: try unsubscribe(client)
    case 78..<86: try open(client)
    case 86..<90: try close(client)
    case 90..<94: try pause(client)
    case 94..<99: try resume(client)
    default: try speakFromTheGrave(client)
    }
    try model.settle()
  }

  // MARK: Steps

  private mutating func publish(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let message = randomMessage()
    let id = message.qos == 0 ? 0 : UInt16(1 + random.below(4))
    let (isRetained, topic, payload) = (
      random.below(4) == 0, Array(message.topic.utf8), Array(message.payload.utf8)
    )
    tell(
      link,
      .publish(
        IncomingPublish(
          topic: topic.span, payload: payload.span, qos: QoS(rawValue: message.qos) ?? .atMostOnce,
          isRetained: isRetained, packetID: PacketIdentifier(id))))
    if message.qos == 2 {
      return try model.publishOnce(message, isRetained: isRetained, client, id)
    }
    try model.publish(message, isRetained: isRetained)
    if message.qos > 0 { try model.expect(.acknowledged(id), at: client) }
  }

  private mutating func release(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let id = UInt16(1 + random.below(4))
    tell(link, .released(PacketIdentifier(id)))
    try model.release(client, id)
  }

  private mutating func acknowledge(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let inFlight = model.sessions[client]?.inFlight ?? []
    // Now and then for something that is not in flight.
    guard !inFlight.isEmpty, random.below(20) > 0 else {
      return tell(link, .acknowledged(PacketIdentifier(60_000)))
    }
    let entry = inFlight[random.below(inFlight.count)]
    let id = PacketIdentifier(entry.id)
    switch (entry.qos, entry.isReceived) {
    case (2, false): tell(link, .received(id))
    case (2, true): tell(link, .completed(id))
    default: tell(link, .acknowledged(id))
    }
    try model.acknowledge(client, entry.id)
  }

  private mutating func subscribe(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let filter = walkFilters[random.below(walkFilters.count)]
    guard !model.wouldOverlap(client, filter) else { return }
    let bytes = Array(filter.utf8)
    let qos = UInt8(random.below(3))
    tell(
      link,
      .subscribe(
        .init(
          filter: bytes.span, qos: QoS(rawValue: qos) ?? .atMostOnce,
          packetID: PacketIdentifier(5), isLast: true)))
    try model.subscribe(client, filter, qos)
  }

  private mutating func unsubscribe(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let held = model.sessions[client]?.subscriptions.map(\.filter) ?? []
    let filter =
      held.isEmpty || random.below(5) == 0
      ? walkFilters[random.below(walkFilters.count)] : held[random.below(held.count)]
    let bytes = Array(filter.utf8)
    tell(
      link, .unsubscribe(.init(filter: bytes.span, packetID: PacketIdentifier(5), isLast: true)))
    try model.unsubscribe(client, filter)
  }

  private mutating func open(_ client: Int) throws {
    guard link(of: client) == nil || random.below(3) == 0, canPark(client) else { return }
    let link = freeLink()
    let session = ModelSession(
      isClean: random.below(3) == 0, limit: 1 + client % 3, queuesQoS0: client == 7, link: link)
    let will: ModelMessage? = random.below(2) == 0 ? randomMessage() : nil
    let isWillRetained = random.below(2) == 0
    let (id, topic, payload) = (
      Array("client \(client)".utf8), Array((will?.topic ?? "").utf8),
      Array((will?.payload ?? "").utf8)
    )
    var asked: WillRequest?
    if let will {
      asked = WillRequest(
        IncomingPublish(
          topic: topic.span, payload: payload.span,
          qos: QoS(rawValue: will.qos) ?? .atMostOnce, isRetained: isWillRetained,
          packetID: .none))
    }
    let request = SessionRequest(
      clientID: id.span, isCleanStart: session.isClean,
      sessionExpiry: session.isClean ? 0 : .max,
      traits: LinkTraits(
        receiveMaximum: UInt16(session.limit), queuesQoS0: session.queuesQoS0), will: asked)
    tell(link, .open(request))
    try model.open(client, session, will: will.map { ($0, isWillRetained) })
  }

  private mutating func close(_ client: Int) throws {
    guard let link = link(of: client), canPark(client) else { return }
    let isLost = random.below(2) == 0
    tell(link, .closed(isLost ? .lost : .announced))
    try model.close(client, isLost: isLost)
  }

  private mutating func pause(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    tell(link, .paused)
    model.pause(client)
  }

  private mutating func resume(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    tell(link, .resumed)
    try model.resume(client)
  }

  /// A link that is gone has nothing to say any more.
  private mutating func speakFromTheGrave(_ client: Int) throws {
    guard let link = link(of: client) else { return }
    let dead = LinkID(index: link.index, generation: link.generation &- 2)
    tell(dead, .acknowledged(PacketIdentifier(1)))
    tell(dead, .paused)
    tell(dead, .closed(.lost))
  }

  // MARK: Comparing

  private func compareTables() throws {
    let sessions = model.sessions.values
    let connected = sessions.filter { $0.link != nil }.count
    try same("sessions", broker.sessionCount, sessions.count)
    try same("connected clients", broker.connectedClients, connected)
    try same(
      "subscriptions", broker.statistics.subscriptions,
      sessions.reduce(0) { $0 + $1.subscriptions.count })
    try same("retained messages", broker.statistics.retainedMessages, model.retained.count)
    let names = sessions.flatMap { $0.subscriptions.map(\.filter) } + model.retained.keys
    try same("tree nodes", broker.tree.count, Set(names.flatMap(levels)).count + 1)
    let needed = Set(sessions.flatMap(\.needed)).union(model.retained.values.map(\.number))
    try same("messages", broker.messages.count, needed.count)
  }

  private func same(_ what: String, _ real: Int, _ model: Int) throws {
    if real != model { throw Disagreement("\(real) \(what) instead of \(model)") }
  }

  /// When everybody has left and nothing is retained, nothing is left.
  private mutating func leaveEverything() throws {
    for client in 0..<Self.clients {
      openings += 1
      let link = LinkID(index: UInt32(openings), generation: .max)
      let id = Array("client \(client)".utf8)
      let request = SessionRequest(
        clientID: id.span, isCleanStart: true, sessionExpiry: 0, traits: LinkTraits())
      tell(link, .open(request))
      tell(link, .closed(.announced))
    }
    let last = LinkID(index: 0, generation: .max)
    let id = Array("last".utf8)
    tell(
      last,
      .open(
        .init(clientID: id.span, isCleanStart: true, sessionExpiry: 0, traits: LinkTraits())))
    for topic in walkTopics {
      let name = Array(topic.utf8)
      tell(
        last,
        .publish(
          IncomingPublish(
            topic: name.span, payload: [UInt8]().span, qos: .atMostOnce, isRetained: true,
            packetID: .none)))
    }
    tell(last, .closed(.announced))
    try same("messages at the end", broker.messages.count, 0)
    try same("octets at the end", broker.messages.byteCount, 0)
    try same("tree nodes at the end", broker.tree.count, 1)
    try same("sessions at the end", broker.sessionCount, 0)
  }

  // MARK: Choosing

  /// A link in a slot that nobody has now, but somebody may have had.
  private mutating func freeLink() -> LinkID {
    openings += 1
    let taken = Set(model.sessions.values.compactMap { $0.link?.index })
    var index = UInt32(random.below(24))
    while taken.contains(index) { index = (index + 1) % 24 }
    return LinkID(index: index, generation: UInt32(2 * openings + 1))
  }

  private func link(of client: Int) -> LinkID? { model.sessions[client]?.link }

  /// Parked messages have no order in the model, so that it does not know which of them a full
  /// queue drops, and which of both QoS is in the way of the other.
  private func canPark(_ client: Int) -> Bool {
    guard let session = model.sessions[client] else { return true }
    guard session.replays.allSatisfy(\.cleared.isEmpty) else { return false }
    if session.queuesQoS0 { return session.replayCount == 0 }
    return session.queue.count + session.replayCount <= Model.queueLimit
  }

  private mutating func randomMessage() -> ModelMessage {
    payloads += 1
    let isEmpty = random.below(8) == 0
    return ModelMessage(
      number: 0, topic: walkTopics[random.below(walkTopics.count)],
      payload: isEmpty ? "" : "\(payloads)",
      qos: UInt8(random.below(3)))
  }
}

import MQTTTerms
import SessionLink

@testable import BrokerCore

// Clients of MQTT 3.1.1 and 5.0 come and go.
extension RandomWalk {
  /// A client connects; one that is connected is taken over now and then.
  mutating func open(_ client: Int) throws {
    guard link(of: client) == nil || choices.once(in: 3), model.canLeave(client) else { return }
    let request = randomRequest(client)
    let id = Array("client \(client)".utf8)
    let will = request.will
    let topic = Array((will.map { WalkNames.topics[$0.message.topic] } ?? "").utf8)
    let payload = octets(of: will?.message.payload ?? 0)
    var asked: WillRequest?
    if let will {
      let message = IncomingPublish(
        topic: topic.span, payload: payload.span, qos: qos(will.message.qos),
        isRetained: will.isRetained, packetID: .none, properties: Span(),
        expiry: will.message.expiry.map { UInt32($0) } ?? .max)
      asked = WillRequest(message, delay: will.delay)
    }
    tell(
      request.link,
      .open(
        SessionRequest(
          clientID: id.span, isCleanStart: request.isCleanStart, sessionExpiry: request.expiry,
          traits: LinkTraits(
            receiveMaximum: UInt16(request.limit), queuesQoS0: request.queuesQoS0,
            takesSubscriptionIdentifiers: request.isFive, hearsReasons: request.isFive),
          startsPaused: request.startsPaused, will: asked)))
    try model.open(client, request)
  }

  private mutating func randomRequest(_ client: Int) -> ModelRequest {
    let isFive = choices.below(3) > 0
    let isClean = choices.once(in: 3)
    var request = ModelRequest(
      link: freeLink(), isCleanStart: isClean, expiry: isClean ? 0 : .max, limit: 3,
      queuesQoS0: client == Self.clients - 1, isFive: isFive, will: randomWill())
    request.startsPaused = choices.once(in: 8)
    guard isFive else {
      request.will?.delay = 0
      return request
    }
    request.expiry = randomExpiry()
    request.limit = 1 + choices.below(4)
    return request
  }

  private mutating func randomExpiry() -> UInt32 {
    let kind = choices.below(4)
    return kind == 0 ? 0 : kind == 1 ? UInt32(1 + choices.below(5)) : .max
  }

  private mutating func randomWill() -> ModelWill? {
    guard choices.below(2) == 1 else { return nil }
    var message = randomMessage()
    if message.topic == WalkNames.reserved { message.topic = 0 }
    return ModelWill(
      message: message, isRetained: choices.below(2) == 1,
      delay: choices.below(2) == 1 ? UInt32(choices.below(5)) : 0)
  }

  mutating func close(_ client: Int) throws {
    guard let link = link(of: client), let session = model.sessions[client],
      model.canLeave(client)
    else { return }
    var departure = choices.below(2) == 0 ? Departure.announced : .lost
    if session.request.isFive, session.expiry > 0, choices.once(in: 4) {
      departure.sessionExpiry = randomExpiry()
    }
    tell(link, .closed(departure))
    try model.close(client, departure)
  }

  /// A link in a slot that nobody has now, but somebody may have had.
  private mutating func freeLink() -> LinkID {
    openings += 1
    var index = UInt32(choices.below(24))
    while model.sessions.contains(where: { $0?.link?.index == index }) { index = (index + 1) % 24 }
    return LinkID(index: index, generation: UInt32(2 * openings + 1))
  }
}

import MQTTTerms
import SessionLink

@testable import BrokerCore

// What clients publish, subscribe to, and say of what they got.
extension RandomWalk {
  mutating func publish(_ client: Int) throws {
    guard let link = link(of: client), let session = model.sessions[client] else { return }
    let message = randomMessage()
    let id = message.qos == 0 ? 0 : randomID()
    let isRetained = choices.once(in: 4)
    // It may be closed for that.
    if message.qos == 2, !model.mayBringMore(session), !model.canLeave(client) { return }
    let topic = Array(WalkNames.topics[message.topic].utf8)
    let payload = octets(of: message.payload)
    tell(
      link,
      .publish(
        IncomingPublish(
          topic: topic.span, payload: payload.span, qos: qos(message.qos),
          isRetained: isRetained, packetID: PacketIdentifier(id), properties: Span(),
          expiry: message.expiry.map { UInt32($0) } ?? .max)))
    try model.publish(client, message, isRetained: isRetained, id)
  }

  /// The broker itself publishes, or somebody with QoS −1 of MQTT-SN.
  mutating func publishWithoutSession() throws {
    var message = randomMessage()
    let isRetained = choices.once(in: 4)
    let isBroker = choices.below(2) == 0
    message.qos = isBroker ? 2 : 0
    message.expiry = nil
    if isBroker { message.topic = WalkNames.reserved }
    let topic = Array(WalkNames.topics[message.topic].utf8)
    let payload = octets(of: message.payload)
    // Who has no session tells no time: the loop has told it at the start of its tick.
    broker.advance(to: model.clock, commands: &commands)
    if isBroker {
      broker.publish(
        topic: topic.span, payload: payload.span, isRetained: isRetained, commands: &commands)
    } else {
      broker.receiveAnonymous(
        IncomingPublish(
          topic: topic.span, payload: payload.span, qos: .atMostOnce, isRetained: isRetained,
          packetID: .none), from: .nobody, at: model.clock, commands: &commands)
    }
    hear()
    try model.publish(message, isRetained: isRetained, isBroker: isBroker)
  }

  // MARK: Answers

  /// A client answers a message that it has got: mostly as it should.
  mutating func answer(_ client: Int) throws {
    guard let link = link(of: client), let session = model.sessions[client] else { return }
    let entry =
      session.inFlight.isEmpty ? nil : session.inFlight[choices.below(session.inFlight.count)]
    let id = choices.once(in: 20) ? 60_000 : entry?.id ?? 1
    var kind = choices.below(24)
    if kind < 20 { kind = entry?.copy.qos == 2 ? entry?.isReceived == true ? 22 : 21 : 20 }
    let packetID = PacketIdentifier(id)
    switch kind {
    case 20:
      tell(link, .acknowledged(packetID))
      try model.acknowledge(client, id)
    case 21:
      tell(link, .received(packetID))
      try model.receive(client, id)
    case 22:
      tell(link, .completed(packetID))
      try model.complete(client, id)
    default:
      if choices.below(2) == 0 {
        tell(link, .rejected(packetID))
      } else {
        tell(link, .discarded(packetID))
      }
      try model.discard(client, id)
    }
  }

  // MARK: Subscriptions

  /// One SUBSCRIBE with up to three filters.
  mutating func subscribe(_ client: Int) throws {
    guard let link = link(of: client), let session = model.sessions[client] else { return }
    let count = 1 + choices.below(4) / 2
    var codes: [UInt8] = []
    for place in 1...count {
      let isLast = place == count
      if choices.once(in: 30) {
        let text = WalkNames.malformed[choices.below(WalkNames.malformed.count)].text
        handSubscribe(link, text, SubscriptionTerms(qos: .atMostOnce), isLast)
        codes.append(0x8F)
        continue
      }
      let (wanted, start) = randomSubscription(client, isFive: session.request.isFive)
      let terms = SubscriptionTerms(
        qos: qos(wanted.qos), isNoLocal: wanted.isNoLocal,
        isRetainAsPublished: wanted.isRetainAsPublished, retained: start,
        identifier: wanted.identifier)
      let text = WalkNames.text(wanted.filter, share: wanted.share)
      handSubscribe(link, text, terms, isLast)
      codes.append(model.subscribe(client, wanted, start))
    }
    hear()
    try model.expect(.subscribed(codes), at: link)
  }

  private mutating func randomSubscription(
    _ client: Int, isFive: Bool
  ) -> (ModelSubscription, RetainedStart) {
    var wanted = ModelSubscription(
      filter: randomFilter(client), share: randomShare(), qos: UInt8(choices.below(3)))
    var start = RetainedStart.always
    if isFive {
      wanted.isNoLocal = wanted.share == 0 && choices.once(in: 3)
      wanted.isRetainAsPublished = choices.once(in: 3)
      wanted.identifier = choices.below(2) == 0 ? 0 : UInt32(1 + choices.below(5))
      start = RetainedStart(rawValue: UInt8(choices.below(5) / 2)) ?? .always
    }
    // No replay starts whose messages would be mistaken for another's.
    if model.wouldOverlap(client, wanted.filter) { start = .never }
    return (wanted, start)
  }

  private mutating func randomFilter(_ client: Int) -> Int {
    choices.below(WalkNames.filters.count)
  }

  private mutating func randomShare() -> Int {
    choices.below(3) == 0 ? choices.below(WalkNames.shares.count) : 0
  }

  private mutating func handSubscribe(
    _ link: LinkID, _ text: String, _ terms: SubscriptionTerms, _ isLast: Bool
  ) {
    let filter = Array(text.utf8)
    hand(
      link,
      .subscribe(
        SubscriptionRequest(
          filter: filter.span, terms: terms, packetID: PacketIdentifier(5), isLast: isLast)))
  }

  /// Mostly from something that the client has subscribed to, perhaps under another share.
  mutating func unsubscribe(_ client: Int) throws {
    guard let link = link(of: client), let session = model.sessions[client] else { return }
    var (filter, share) = (randomFilter(client), randomShare())
    if choices.once(in: 30) {
      let malformed = WalkNames.malformed[choices.below(WalkNames.malformed.count)]
      tellUnsubscribe(link, malformed.text)
      return try model.expect(.unsubscribed([malformed.unsubscribed]), at: link)
    }
    if !session.subscriptions.isEmpty, choices.below(5) > 0 {
      let held = session.subscriptions[choices.below(session.subscriptions.count)]
      filter = held.filter
      if choices.below(5) > 0 { share = held.share }
    }
    tellUnsubscribe(link, WalkNames.text(filter, share: share))
    try model.expect(.unsubscribed([model.unsubscribe(client, filter, share)]), at: link)
  }

  private mutating func tellUnsubscribe(_ link: LinkID, _ text: String) {
    let filter = Array(text.utf8)
    tell(
      link,
      .unsubscribe(
        UnsubscriptionRequest(filter: filter.span, packetID: PacketIdentifier(5), isLast: true)))
  }

  // MARK: Octets

  func qos(_ number: UInt8) -> QoS { QoS(rawValue: number) ?? .atMostOnce }

  func octets(of payload: Int) -> [UInt8] { payload == 0 ? [] : Array(String(payload).utf8) }
}

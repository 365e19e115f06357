import MQTTTerms
import SessionLink
import Slabs

@testable import BrokerCore

/// A broker and its links by number: feed an event, read what it commands as lines of text.
struct Transcript: ~Copyable {
  var broker: Broker
  var now: LinkTime = 0
  private var commands = CommandQueue()

  init(limits: BrokerLimits = .init(), allowsAnonymous: Bool = true) {
    broker = Broker(limits: limits, policy: .init(allowsAnonymous: allowsAnonymous), seed: 7)
  }

  static func link(_ number: UInt32) -> LinkID { LinkID(index: number, generation: 1) }

  mutating func open(
    _ link: UInt32, _ clientID: String, clean: Bool = true, receiveMaximum: UInt16 = 20,
    maximumQoS: QoS = .exactlyOnce,
    will: (topic: String, payload: String, qos: QoS, isRetained: Bool)? = nil,
    expiry: UInt32? = nil
  ) -> [String] {
    let id = Array(clientID.utf8)
    let willTopic = Array((will?.topic ?? "").utf8)
    let willPayload = Array((will?.payload ?? "").utf8)
    var request = SessionRequest(
      clientID: id.span, isCleanStart: clean, sessionExpiry: expiry ?? (clean ? 0 : .max),
      traits: LinkTraits(receiveMaximum: receiveMaximum, maximumQoS: maximumQoS))
    request.willTopic = willTopic.span
    request.willPayload = willPayload.span
    request.willQoS = will?.qos ?? .atMostOnce
    request.isWillRetained = will?.isRetained ?? false
    broker.handle(.open(request), from: Self.link(link), at: now, commands: &commands)
    return perform()
  }

  mutating func publish(
    _ link: UInt32, _ topic: String, _ payload: String, qos: QoS = .atMostOnce,
    retain: Bool = false, id: UInt16 = 0
  ) -> [String] {
    let topic = Array(topic.utf8)
    let payload = Array(payload.utf8)
    let event = LinkEvent.publish(
      IncomingPublish(
        topic: topic.span, payload: payload.span, qos: qos, isRetained: retain,
        packetID: PacketIdentifier(id)))
    broker.handle(event, from: Self.link(link), at: now, commands: &commands)
    return perform()
  }

  mutating func subscribe(_ link: UInt32, _ filters: (String, QoS)..., id: UInt16 = 1) -> [String] {
    for (index, (filter, qos)) in filters.enumerated() {
      let bytes = Array(filter.utf8)
      let request = SubscriptionRequest(
        filter: bytes.span, qos: qos, packetID: PacketIdentifier(id),
        isLast: index + 1 == filters.count)
      broker.handle(.subscribe(request), from: Self.link(link), at: now, commands: &commands)
    }
    while broker.replay(budget: 2, commands: &commands) {}
    return perform()
  }

  mutating func unsubscribe(_ link: UInt32, _ filter: String) -> [String] {
    let bytes = Array(filter.utf8)
    let request = UnsubscriptionRequest(
      filter: bytes.span, packetID: PacketIdentifier(1), isLast: true)
    broker.handle(.unsubscribe(request), from: Self.link(link), at: now, commands: &commands)
    return perform()
  }

  mutating func acknowledge(_ link: UInt32, _ id: UInt16) -> [String] {
    handle(link, .acknowledged(PacketIdentifier(id)))
  }

  mutating func receive(_ link: UInt32, _ id: UInt16) -> [String] {
    handle(link, .received(PacketIdentifier(id)))
  }

  mutating func release(_ link: UInt32, _ id: UInt16) -> [String] {
    handle(link, .released(PacketIdentifier(id)))
  }

  mutating func complete(_ link: UInt32, _ id: UInt16) -> [String] {
    handle(link, .completed(PacketIdentifier(id)))
  }

  mutating func close(_ link: UInt32, _ departure: Departure = .announced) -> [String] {
    handle(link, .closed(departure))
  }

  mutating func pause(_ link: UInt32) -> [String] { handle(link, .paused) }

  mutating func resume(_ link: UInt32) -> [String] { handle(link, .resumed) }

  mutating func handle(_ link: UInt32, _ event: consuming LinkEvent) -> [String] {
    broker.handle(event, from: Self.link(link), at: now, commands: &commands)
    while broker.replay(budget: 2, commands: &commands) {}
    return perform()
  }

  mutating func advance(to now: LinkTime) {
    self.now = now
    broker.advance(to: now)
  }

  private mutating func perform() -> [String] {
    var lines: [String] = []
    for index in 0..<commands.commands.count { lines += describe(commands.commands[index]) }
    commands.removeAll()
    return lines
  }

  private mutating func describe(_ command: LinkCommand) -> [String] {
    switch command {
    case .opened(let link, let isPresent): return ["\(link.index) opened \(isPresent)"]
    case .refused(let link, let refusal): return ["\(link.index) refused \(refusal)"]
    case .acknowledge(let link, let id): return ["\(link.index) ack \(id.rawValue)"]
    case .confirm(let link, let id): return ["\(link.index) confirm \(id.rawValue)"]
    case .release(let link, let id): return ["\(link.index) release \(id.rawValue)"]
    case .complete(let link, let id): return ["\(link.index) complete \(id.rawValue)"]
    case .unsubscribed(let link, let id): return ["\(link.index) unsubscribed \(id.rawValue)"]
    case .close(let link, let why): return ["\(link.index) close \(why)"]
    case .subscribed(let link, let id, let codes):
      let granted = (codes.start..<codes.end).map { commands.codes[Int($0)].rawValue }
      return ["\(link.index) subscribed \(id.rawValue) \(granted)"]
    case .deliver(let message, let recipients):
      let text =
        "\(string(broker.messages.topic(of: message)))="
        + string(broker.messages.payload(of: message))
      let lines = (recipients.start..<recipients.end).map {
        describe(commands.recipients[Int($0)], text)
      }
      broker.performed(message)
      return lines
    }
  }

  private func describe(_ recipient: Recipient, _ text: String) -> String {
    var line = "\(recipient.link.index) \(text) q\(recipient.qos.rawValue)"
    if !recipient.packetID.isNone { line += " #\(recipient.packetID.rawValue)" }
    if recipient.flags.contains(.retained) { line += " retained" }
    if recipient.flags.contains(.duplicate) { line += " dup" }
    return line
  }

  private func string(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    for index in 0..<bytes.count { copy.append(bytes[index]) }
    return String(decoding: copy, as: UTF8.self)
  }
}

/// Names a step whose lines a test does not look at.
func quietly(_ lines: [String]) {}

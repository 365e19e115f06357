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
    willDelay: UInt32 = 0, willExpiry: UInt32 = .max, expiry: UInt32? = nil,
    queuesQoS0: Bool = false, isFive: Bool = false, user: String? = nil,
    password: String? = nil, policy: UInt16 = 0
  ) -> [String] {
    let id = Array(clientID.utf8)
    let willTopic = Array((will?.topic ?? "").utf8)
    let willPayload = Array((will?.payload ?? "").utf8)
    let name = Array((user ?? "").utf8)
    var asked: WillRequest?
    if let will {
      asked = WillRequest(
        IncomingPublish(
          topic: willTopic.span, payload: willPayload.span, qos: will.qos,
          isRetained: will.isRetained, packetID: .none, properties: Span(), expiry: willExpiry),
        delay: willDelay)
    }
    var userName: Span<UInt8>?
    if user != nil { userName = name.span }
    let secret = Array((password ?? "").utf8)
    var passwordBytes: Span<UInt8>?
    if password != nil { passwordBytes = secret.span }
    let request = SessionRequest(
      clientID: id.span, isCleanStart: clean, sessionExpiry: expiry ?? (clean ? 0 : .max),
      traits: LinkTraits(
        receiveMaximum: receiveMaximum, maximumQoS: maximumQoS, queuesQoS0: queuesQoS0,
        takesSubscriptionIdentifiers: isFive, hearsReasons: isFive),
      policy: policy, will: asked, userName: userName, password: passwordBytes)
    broker.handle(.open(request), from: Self.link(link), at: now, commands: &commands)
    return perform()
  }

  mutating func publish(
    _ link: UInt32, _ topic: String, _ payload: String, qos: QoS = .atMostOnce,
    retain: Bool = false, id: UInt16 = 0, expiry: UInt32 = .max, isText: Bool = false
  ) -> [String] {
    let topic = Array(topic.utf8)
    let payload = Array(payload.utf8)
    let event = LinkEvent.publish(
      IncomingPublish(
        topic: topic.span, payload: payload.span, qos: qos, isRetained: retain,
        packetID: PacketIdentifier(id), properties: Span(), expiry: expiry, isText: isText))
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

  mutating func subscribe(
    _ link: UInt32, _ filter: String, on terms: SubscriptionTerms
  ) -> [String] {
    let bytes = Array(filter.utf8)
    let request = SubscriptionRequest(
      filter: bytes.span, terms: terms, packetID: PacketIdentifier(1), isLast: true)
    return handle(link, .subscribe(request))
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

  @discardableResult
  mutating func advance(to now: LinkTime) -> [String] {
    self.now = now
    broker.advance(to: now, commands: &commands)
    return perform()
  }

  /// Publishes without a session.
  mutating func publishAnonymously(_ topic: String, _ payload: String, retain: Bool) {
    let (topic, payload) = (Array(topic.utf8), Array(payload.utf8))
    broker.receiveAnonymous(
      IncomingPublish(
        topic: topic.span, payload: payload.span, qos: .atMostOnce, isRetained: retain,
        packetID: .none), from: .nobody, at: now, commands: &commands)
    quietly(perform())
  }

  /// The answer of an authenticator that took its time.
  mutating func conclude(_ link: UInt32, _ verdict: LoginVerdict) -> [String] {
    broker.conclude(Self.link(link), verdict, reply: Span(), at: now, commands: &commands)
    return perform()
  }

  /// Answers a request.
  mutating func answer(_ link: UInt32, _ topic: String, _ payload: String) -> [String] {
    let (topic, payload) = (Array(topic.utf8), Array(payload.utf8))
    broker.answer(
      Self.link(link), topic: topic.span, payload: payload.span, commands: &commands)
    return perform()
  }

  /// Closes the links of users, or of who has no name.
  mutating func expel(
    _ users: String..., anonymous: Bool = false, under policies: Set<UInt16> = [0]
  ) -> [String] {
    broker.expel(
      Set(users.map { Array($0.utf8) }), anonymous: anonymous, under: policies, at: now,
      commands: &commands)
    return perform()
  }

  /// What the broker has to say in the log.
  mutating func remarks() -> [BrokerRemark] {
    var remarks: [BrokerRemark] = []
    while let remark = broker.nextRemark() { remarks.append(remark) }
    return remarks
  }

  private mutating func perform() -> [String] {
    var lines: [String] = []
    for index in 0..<commands.commands.count { lines += describe(commands.commands[index]) }
    commands.removeAll()
    return lines
  }

  private mutating func describe(_ command: LinkCommand) -> [String] {
    switch command {
    case .opened(let link, let opening): return ["\(link.index) opened \(opening.isSessionPresent)"]
    case .challenge(let link, let isDone, _):
      return ["\(link.index) \(isDone ? "shown" : "challenged")"]
    case .refused(let link, let refusal): return ["\(link.index) refused \(refusal)"]
    case .acknowledge(let link, let id, let reception):
      return ["\(link.index) ack \(id.rawValue)\(words(reception))"]
    case .confirm(let link, let id, let reception):
      return ["\(link.index) confirm \(id.rawValue)\(words(reception))"]
    case .release(let link, let id, _): return ["\(link.index) release \(id.rawValue)"]
    case .complete(let link, let id, _): return ["\(link.index) complete \(id.rawValue)"]
    case .unsubscribed(let link, let id, let codes):
      let failures = (codes.start..<codes.end).map { commands.codes[Int($0)] }.filter(\.isFailure)
      let words = failures.isEmpty ? "" : " \(failures.map(\.rawValue))"
      return ["\(link.index) unsubscribed \(id.rawValue)\(words)"]
    case .willUpdated(let link, let reception): return ["\(link.index) will \(reception)"]
    case .drained(let link): return ["\(link.index) drained"]
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

  private func words(_ reception: Reception) -> String {
    reception.isRefusal ? " \(reception)" : ""
  }

  private func describe(_ recipient: Recipient, _ text: String) -> String {
    var line = "\(recipient.link.index) \(text) q\(recipient.qos.rawValue)"
    if !recipient.packetID.isNone { line += " #\(recipient.packetID.rawValue)" }
    if recipient.flags.contains(.retained) { line += " retained" }
    if recipient.flags.contains(.duplicate) { line += " dup" }
    if let one = recipient.identifiers.one { line += " by [\(one)]" }
    if let run = recipient.identifiers.run {
      let named = commands.identifiers(ofRun: run)
      line += " by \(named.indices.map { named[$0] })"
    }
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

import BrokerCore
import MQTTBridge
import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs

/// A broker with one bridge and one client of its own, and a remote broker that is played by hand.
final class BridgeScene {
  var broker: Broker
  var links = LinkTable()
  var commands = CommandQueue()
  var bridge: Bridge
  private(set) var bridgeLink: LinkID
  let client: LinkID
  private(set) var now: LinkTime = 1000
  /// Messages for the client: "topic payload", with " r" where RETAIN is set.
  private(set) var heard: [String] = []
  /// What the bridge has said in the log.
  private(set) var notices: [BridgeNotice] = []
  private var thieves: [LinkID] = []
  private var clientNumber: UInt16 = 0

  static func options(_ topics: TopicMapping...) -> BridgeOptions {
    var options = BridgeOptions(
      remote: BridgeLogin(clientID: Array("b.h".utf8)),
      local: BridgeLogin(clientID: Array("local.b.h".utf8)))
    options.topics = topics
    options.restart.base = 1000
    options.restart.cap = 1000
    return options
  }

  init(
    _ options: BridgeOptions, limits: BrokerLimits = BrokerLimits(),
    policy: AccessPolicy = AccessPolicy(allowsAnonymous: true)
  ) {
    broker = Broker(limits: limits, policy: policy, seed: 1)
    bridgeLink = links.insert(LinkOwner(service: 1, slot: 0))
    client = links.insert(LinkOwner(service: 2, slot: 0))
    bridge = Bridge(options, link: bridgeLink, seed: 7)
    let id = Array("client".utf8)
    tell(
      .open(
        SessionRequest(
          clientID: id.span, isCleanStart: true, sessionExpiry: 0,
          traits: LinkTraits(receiveMaximum: .max), isVouched: true, isTrusted: true)), from: client
    )
    bridge.start(hub: &broker, commands: &commands, at: now)
    perform()
  }

  var isConnected: Bool { bridge.isConnected }
  var deadline: LinkTime? { bridge.nextDeadline }
  var messageCount: Int { broker.messages.count }
  var sessionCount: Int { broker.sessionCount }

  // MARK: The broker's side

  private func tell(_ event: consuming LinkEvent, from link: LinkID) {
    broker.handle(event, from: link, at: now, commands: &commands)
  }

  /// Performs what the broker wants, until it wants nothing more.
  func perform() {
    repeat {
      while broker.replay(budget: 100, commands: &commands) {}
      var queue = CommandQueue()
      swap(&queue, &commands)
      for index in 0..<queue.commands.count { perform(queue.commands[index], of: queue) }
    } while !commands.commands.isEmpty
    bridge.settle(hub: broker, at: now)
    while let notice = bridge.nextNotice() { notices.append(notice) }
  }

  private func perform(_ command: LinkCommand, of queue: borrowing CommandQueue) {
    guard case .deliver(let message, let recipients) = command else {
      if isForClient(command) { return }
      return bridge.perform(
        command, of: queue, hub: &broker, commands: &commands, at: now)
    }
    for k in Int(recipients.start)..<Int(recipients.end) {
      let recipient = queue.recipients[k]
      if recipient.link == bridgeLink {
        bridge.deliver(message, to: recipient, hub: &broker, commands: &commands, at: now)
      } else {
        hear(message, recipient)
      }
    }
    broker.performed(message)
  }

  private func isForClient(_ command: LinkCommand) -> Bool {
    switch command {
    case .opened(let link, _), .acknowledge(let link, _, _), .confirm(let link, _, _),
      .release(let link, _, _), .complete(let link, _, _), .subscribed(let link, _, _),
      .unsubscribed(let link, _, _), .refused(let link, _), .close(let link, _):
      link == client || thieves.contains(link)
    default: false
    }
  }

  private func hear(_ message: MessageID, _ recipient: Recipient) {
    let topic = text(broker.messages.topic(of: message))
    let payload = text(broker.messages.payload(of: message))
    heard.append(
      "\(topic) \(payload)" + (recipient.flags.contains(.retained) ? " r" : ""))
    if recipient.qos == .atLeastOnce { tell(.acknowledged(recipient.packetID), from: client) }
  }

  private func text(_ octets: Span<UInt8>) -> String {
    octets.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  /// The client subscribes.
  func subscribe(_ filter: String) {
    let octets = Array(filter.utf8)
    tell(
      .subscribe(
        SubscriptionRequest(
          filter: octets.span,
          terms: SubscriptionTerms(qos: .atLeastOnce, isRetainAsPublished: true),
          packetID: PacketIdentifier(1), isLast: true)), from: client)
    perform()
  }

  /// The client publishes.
  func publish(_ topic: String, _ payload: String, qos: QoS = .atMostOnce, retain: Bool = false) {
    clientNumber &+= 1
    let (topic, payload) = (Array(topic.utf8), Array(payload.utf8))
    let publish = IncomingPublish(
      topic: topic.span, payload: payload.span, qos: qos, isRetained: retain,
      packetID: qos == .atMostOnce ? .none : PacketIdentifier(clientNumber))
    tell(.publish(publish), from: client)
    if qos == .exactlyOnce { tell(.released(PacketIdentifier(clientNumber)), from: client) }
    perform()
  }

  /// Somebody else opens a session with that Client Identifier.
  func steal(_ clientID: String) {
    let thief = links.insert(LinkOwner(service: 2, slot: 0))
    let id = Array(clientID.utf8)
    tell(
      .open(
        SessionRequest(
          clientID: id.span, isCleanStart: false, sessionExpiry: .max, traits: LinkTraits())),
      from: thief)
    thieves.append(thief)
    perform()
    tell(.closed(.announced), from: thief)
    perform()
  }

  // MARK: The network's side

  /// What the bridge wants of the network now.
  func requests() -> [BridgeRequest] {
    var requests: [BridgeRequest] = []
    while let request = bridge.nextRequest() { requests.append(request) }
    return requests
  }

  /// Time passes.
  func wait(_ milliseconds: LinkTime) {
    now += milliseconds
    bridge.advance(to: now, hub: &broker, commands: &commands)
    perform()
  }

  /// Time passes for the broker alone.
  func advanceBroker(by milliseconds: LinkTime) {
    now += milliseconds
    broker.advance(to: now, commands: &commands)
    perform()
  }

  /// The network connection is there; what the bridge says first.
  func dialed() -> String {
    bridge.dialed(at: now)
    perform()
    return sent()
  }

  func dialFailed() {
    bridge.dialFailed("Connection refused", at: now)
    perform()
  }

  func lose() {
    bridge.lost(nil, hub: &broker, commands: &commands, at: now)
    perform()
  }

  func probed(isThere: Bool) {
    bridge.probed(isThere: isThere, hub: &broker, commands: &commands, at: now)
    perform()
  }

  /// The remote broker sends octets; what the bridge answers.
  @discardableResult
  func feed(_ octets: String) -> String { feed(bytes(octets)) }

  @discardableResult
  func feed(_ octets: [UInt8]) -> String {
    _ = bridge.receive(octets.span, hub: &broker, commands: &commands, at: now)
    perform()
    return sent()
  }

  /// What the bridge has to say, in hexadecimal digits.
  func sent() -> String {
    var octets: [UInt8] = []
    bridge.takeOutput(at: now) { span in
      span.withUnsafeBufferPointer { octets = Array($0) }
    }
    return octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Connects and subscribes, so that the next thing to happen is a message.
  func connect(present: Bool = false, codes: String? = nil) {
    wait(0)
    _ = requests()
    _ = dialed()
    grant(feed(present ? "20020100" : "20020000"), codes: codes)
  }

  /// Answers requests before 5.0, with these codes or with "granted".
  func grant(_ sent: String, codes: String? = nil) {
    var rest = bytes(sent)[...]
    while rest.count >= 2 {
      let body = rest.dropFirst(2).prefix(Int(rest[rest.startIndex + 1]))
      let kind = rest[rest.startIndex]
      rest = rest.dropFirst(2 + body.count)
      if kind == 0x82 {
        let codes = codes ?? String(repeating: "00", count: filterCount(body.dropFirst(2)))
        grant(feed("90" + hexadecimal(UInt8(2 + codes.count / 2)) + "ffff" + codes))
      } else if kind == 0xA2 {
        feed("b002ffff")
      }
    }
  }

  private func filterCount(_ payload: ArraySlice<UInt8>) -> Int {
    var (rest, count) = (payload, 0)
    while rest.count > 2 {
      rest = rest.dropFirst(3 + Int(rest[rest.startIndex + 1]))
      count += 1
    }
    return count
  }

  /// A bridge with other options takes the place of this one.
  func replace(with options: BridgeOptions) {
    retire(keepingSession: true)
    bridgeLink = links.insert(LinkOwner(service: 1, slot: 0))
    bridge = Bridge(options, link: bridgeLink, seed: 7)
    bridge.start(hub: &broker, commands: &commands, at: now)
    perform()
  }

  /// The broker's authenticator, which had left its answer for later, is content with the bridge.
  func acceptLogin() {
    broker.conclude(bridgeLink, .accepted, reply: Span(), at: now, commands: &commands)
    perform()
  }

  /// Ends the bridge for good.
  func retire(keepingSession: Bool) {
    bridge.retire(
      keepingSession: keepingSession, hub: &broker, commands: &commands, at: now)
    perform()
  }
}

/// The octets of hexadecimal digits.
func bytes(_ text: String) -> [UInt8] {
  var octets: [UInt8] = []
  var rest = Substring(text.filter { $0 != " " })
  while let octet = UInt8(rest.prefix(2), radix: 16) {
    octets.append(octet)
    rest = rest.dropFirst(2)
  }
  return octets
}

func hexadecimal(_ octet: UInt8) -> String {
  (octet < 16 ? "0" : "") + String(octet, radix: 16)
}

func hexadecimal(_ text: String) -> String {
  Array(text.utf8).map { hexadecimal($0) }.joined()
}

/// A PUBLISH before 5.0 in hexadecimal digits.
func publishPacket(
  _ topic: String, _ payload: String, first: UInt8 = 0x30, number: UInt16? = nil
) -> String {
  let identifier = number.map { hexadecimal(UInt8($0 >> 8)) + hexadecimal(UInt8($0 & 0xFF)) } ?? ""
  let count = 2 + topic.utf8.count + identifier.count / 2 + payload.utf8.count
  let length =
    count < 128
    ? hexadecimal(UInt8(count))
    : hexadecimal(UInt8(count & 127 | 128)) + hexadecimal(UInt8(count >> 7))
  return hexadecimal(first) + length + "00" + hexadecimal(UInt8(topic.utf8.count))
    + hexadecimal(topic) + identifier + hexadecimal(payload)
}

extension TopicMapping {
  static func out(
    _ pattern: String, _ qos: QoS = .atMostOnce, _ local: String = "", _ remote: String = ""
  ) -> TopicMapping {
    TopicMapping(
      Array(pattern.utf8), goesOut: true, comesIn: false, qos: qos,
      localPrefix: Array(local.utf8), remotePrefix: Array(remote.utf8))
  }

  static func `in`(
    _ pattern: String, _ qos: QoS = .atMostOnce, _ local: String = "", _ remote: String = ""
  ) -> TopicMapping {
    TopicMapping(
      Array(pattern.utf8), goesOut: false, comesIn: true, qos: qos,
      localPrefix: Array(local.utf8), remotePrefix: Array(remote.utf8))
  }

  static func both(
    _ pattern: String, _ qos: QoS = .atMostOnce, _ local: String = "", _ remote: String = ""
  ) -> TopicMapping {
    TopicMapping(
      Array(pattern.utf8), goesOut: true, comesIn: true, qos: qos,
      localPrefix: Array(local.utf8), remotePrefix: Array(remote.utf8))
  }
}

import BrokerCore
import Fuzzing
import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Slabs

/// One connection and what has arrived and was not used yet.
struct FuzzedPeer: ~Copyable {
  var connection: Connection
  var link: LinkID
  var tail: [UInt8] = []
  var hasEnded = false
}

/// A broker and four places for connections; in each there is always one, a new one when the one
/// before has ended. What it sends must be what a server may send.
struct FuzzedBroker: ~Copyable {
  private var broker = Broker(
    limits: FuzzedBroker.brokerLimits, policy: .init(allowsAnonymous: true), seed: 1)
  private var commands = CommandQueue()
  private var peers = SlotTable<FuzzedPeer>()
  private var now: LinkTime = 0
  private var lastGeneration: UInt32 = 1

  private static var brokerLimits: BrokerLimits {
    var limits = BrokerLimits()
    (limits.queuedMessages, limits.subscriptionsPerSession, limits.retainedMessages) = (8, 8, 8)
    (limits.incomingExactlyOnce, limits.sessions) = (4, 6)
    return limits
  }

  private static var limits: ConnectionLimits {
    var limits = ConnectionLimits()
    (limits.packetSize, limits.connectPacketSize) = (600, 200)
    return limits
  }

  init() {
    for index in 0..<4 {
      let link = LinkID(index: UInt32(index), generation: 1)
      _ = peers.insert(FuzzedPeer(connection: Connection(limits: Self.limits, at: 0), link: link))
    }
  }

  // MARK: What happens

  /// Octets arrive.
  mutating func feed(_ octets: [UInt8], to index: Int) throws {
    peers[index].tail += octets
    try parse(index)
    while broker.replay(budget: 3, commands: &commands) {}
    try perform()
    replaceEnded()
  }

  /// The network connection breaks.
  mutating func lose(_ index: Int) throws {
    end(index, .lost)
    try perform()
    replaceEnded()
  }

  /// Time passes.
  mutating func wait(milliseconds: UInt64) throws {
    now += milliseconds
    for index in 0..<4 where peers[index].connection.advance(to: now) != nil { end(index, .lost) }
    broker.advance(to: now)
    try perform()
    replaceEnded()
  }

  /// Throws where broker and connections do not agree about who is there.
  func check() throws {
    var connected = 0
    for index in 0..<4 where peers[index].connection.isConnected {
      connected += 1
      let isKnown = broker.clientID(of: peers[index].link) != nil
      try demand(isKnown, "the broker does not know connection \(index)")
    }
    try demand(
      broker.connectedClients == connected,
      "\(broker.connectedClients) clients, \(connected) connections")
    try demand(broker.sessionCount <= 6, "\(broker.sessionCount) sessions")
    if broker.sessionCount == 0 {
      let retained = broker.statistics.retainedMessages
      let count = broker.messages.count
      try demand(count == retained, "\(count) messages, \(retained) retained")
    }
  }

  private mutating func end(_ index: Int, _ departure: Departure) {
    guard !peers[index].hasEnded else { return }
    peers[index].hasEnded = true
    peers[index].connection.close()
    broker.handle(.closed(departure), from: peers[index].link, at: now, commands: &commands)
  }

  private mutating func replaceEnded() {
    for index in 0..<4 where peers[index].hasEnded {
      lastGeneration += 2
      let link = LinkID(index: UInt32(index), generation: lastGeneration)
      peers[index] = FuzzedPeer(connection: Connection(limits: Self.limits, at: now), link: link)
    }
  }

  // MARK: Receiving

  private mutating func parse(_ index: Int) throws {
    let octets = peers[index].tail
    let link = peers[index].link
    var (consumed, steps) = (0, 0)
    parsing: while true {
      steps += 1
      try demand(steps <= octets.count + 1, "reading does not come forward")
      let rest = octets.span.extracting(consumed..<octets.count)
      switch peers[index].connection.receive(rest, consumed: &consumed, at: now) {
      case .needMore: break parsing
      case .publish(let publish):
        broker.receive(publish, from: link, at: now, commands: &commands)
      case .acknowledged(let id): broker.acknowledged(id, from: link, commands: &commands)
      case .event(let event):
        broker.handle(event, from: link, at: now, commands: &commands)
        if !peers[index].connection.isConnected { try perform() }
      case .ping: break
      case .close(let reason):
        end(index, reason == .disconnected ? .announced : .lost)
        break parsing
      }
      try demand(consumed <= octets.count, "\(consumed) of \(octets.count) octets used")
    }
    peers[index].tail.removeFirst(min(consumed, octets.count))
    let kept = peers[index].hasEnded ? 0 : peers[index].tail.count
    try demand(kept <= 600 + 255, "\(kept) octets wait")
  }

  // MARK: Performing

  private mutating func perform() throws {
    var next = 0
    while next < commands.commands.count {
      try perform(commands.commands[next])
      next += 1
    }
    commands.removeAll()
  }

  private mutating func perform(_ command: LinkCommand) throws {
    switch command {
    case .opened(let link, _):
      guard let index = place(of: link) else { return }
      peers[index].connection.opened()
    case .refused(let link, _):
      if let index = place(of: link) { end(index, .lost) }
    case .close(let link, _):
      guard let index = place(of: link) else { return }
      peers[index].hasEnded = true
      peers[index].connection.close()
    case .deliver(let message, let recipients):
      for place in recipients.start..<recipients.end {
        try deliver(message, to: commands.recipients[Int(place)])
      }
      broker.performed(message)
    case .subscribed(_, _, let codes):
      try demand(codes.count > 0 && Int(codes.end) <= commands.codes.count, "SUBACK without codes")
    case .acknowledge, .confirm, .release, .complete, .unsubscribed: break
    }
  }

  private func place(of link: LinkID) -> Int? {
    let index = Int(link.index)
    return peers[index].link == link && !peers[index].hasEnded ? index : nil
  }

  /// Writes a delivery, and reads it as the client would.
  private func deliver(_ message: MessageID, to recipient: Recipient) throws {
    guard let index = place(of: recipient.link) else { return }
    let version = peers[index].connection.version
    let (topic, payload) = (
      broker.messages.topic(of: message), broker.messages.payload(of: message)
    )
    let room = OutboundPackets.deliveryRoom(topic: topic, payload: payload)
    let octets = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var output = OutputRawSpan(buffer: raw, initializedCount: 0)
      try OutboundPackets.encodeDelivery(
        topic: topic, payload: payload, to: recipient, version, into: &output)
      count = output.finalize(for: raw)
    }
    guard let header = try FixedHeader.decode(octets.span, version: version),
      let body = header.body(of: octets.span)
    else { throw Finding("half a PUBLISH: \(hexadecimal(octets))") }
    let publish = try Publish.decode(body, flags: header.flags, version: version)
    let isSame = publish.header.qos == recipient.qos && header.packetSize == octets.count
    try demand(isSame && publish.payload.count == payload.count, "\(hexadecimal(octets))")
  }
}

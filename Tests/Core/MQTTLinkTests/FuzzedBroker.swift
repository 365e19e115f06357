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
  /// Deliveries that their peers do not take.
  private var discarded: [(LinkID, PacketIdentifier)] = []
  private var lastGeneration: UInt32 = 1

  private static var brokerLimits: BrokerLimits {
    var limits = BrokerLimits()
    (limits.queuedMessages, limits.subscriptionsPerSession, limits.retainedMessages) = (8, 8, 8)
    (limits.incomingExactlyOnce, limits.sessions) = (4, 6)
    return limits
  }

  private static var limits: ConnectionLimits {
    var limits = ConnectionLimits()
    (limits.packetSize, limits.requestPacketSize) = (600, 200)
    limits.propertiesPerPacket = 20
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
    broker.advance(to: now, commands: &commands)
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
      case .acknowledged(let id): broker.acknowledged(id, from: link, at: now, commands: &commands)
      case .further:
        if try !parseFurther(rest, index, &consumed) { break parsing }
      case .close(let reason):
        try close(index, reason)
        break parsing
      }
      try demand(consumed <= octets.count, "\(consumed) of \(octets.count) octets used")
    }
    peers[index].tail.removeFirst(min(consumed, octets.count))
    let kept = peers[index].hasEnded ? 0 : peers[index].tail.count
    try demand(kept <= 600 + 255, "\(kept) octets wait")
  }

  /// A packet that comes seldom; false when nothing more is to be read now.
  private mutating func parseFurther(
    _ bytes: Span<UInt8>, _ index: Int, _ consumed: inout Int
  ) throws -> Bool {
    switch peers[index].connection.receiveFurther(bytes, consumed: &consumed, at: now) {
    case .needMore: return false
    case .event(let event):
      broker.handle(event, from: peers[index].link, at: now, commands: &commands)
      if !peers[index].connection.isConnected { try perform() }
    case .ping: break
    case .close(let reason):
      try close(index, reason)
      return false
    }
    return true
  }

  /// Ends a connection for a reason of its own, and looks at its last word.
  private mutating func close(_ index: Int, _ reason: CloseReason) throws {
    try perform()
    let octets = written(8) { output in
      try? peers[index].connection.encodeFarewell(reason, into: &output)
    }
    if !octets.isEmpty { try demandPacket(octets, peers[index].connection.version) }
    end(index, reason == .disconnected ? peers[index].connection.departure : .lost)
  }

  // MARK: Performing

  private mutating func perform() throws {
    var next = 0
    while next < commands.commands.count {
      try perform(commands.commands[next])
      next += 1
    }
    commands.removeAll()
    while let (link, packetID) = discarded.popLast() {
      broker.handle(.discarded(packetID), from: link, at: now, commands: &commands)
      try perform()
    }
  }

  private mutating func perform(_ command: LinkCommand) throws {
    switch command {
    case .opened(let link, let opening):
      guard let index = place(of: link) else { return }
      try greet(index, link, opening)
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
    case .unsubscribed(_, _, let codes):
      try demand(
        codes.count > 0 && Int(codes.end) <= commands.codes.count, "UNSUBACK without codes")
    case .acknowledge, .confirm, .release, .complete, .challenge, .willUpdated, .drained: break
    }
  }

  private func place(of link: LinkID) -> Int? {
    let index = Int(link.index)
    return peers[index].link == link && !peers[index].hasEnded ? index : nil
  }

  private func greet(_ index: Int, _ link: LinkID, _ opening: Opening) throws {
    let name = broker.clientIdentifier(of: link)
    let assigned = name.extracting(0..<(opening.isIdentifierAssigned ? name.count : 0))
    let room = peers[index].connection.greetingRoom(assignedID: assigned, data: Span())
    let octets = written(room) { output in
      try? peers[index].connection.encodeOpened(
        isSessionPresent: opening.isSessionPresent, assignedID: assigned, data: Span(),
        into: &output)
    }
    try demandPacket(octets, peers[index].connection.version)
  }

  /// Throws unless the octets are one packet.
  private func demandPacket(_ octets: [UInt8], _ version: ProtocolVersion) throws {
    guard let header = try FixedHeader.decode(octets.span, version: version),
      let body = header.body(of: octets.span), header.packetSize == octets.count
    else { throw Finding("half a packet: \(hexadecimal(octets))") }
    _ = try Packet.decode(body, header: header, version: version)
  }

  private func written(_ room: Int, _ body: (inout OutputRawSpan) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var output = OutputRawSpan(buffer: raw, initializedCount: 0)
      body(&output)
      count = output.finalize(for: raw)
    }
  }

  /// Writes a delivery, and reads it as the client would.
  private mutating func deliver(_ message: MessageID, to recipient: Recipient) throws {
    guard let index = place(of: recipient.link) else { return }
    let octets = encoded(message, to: recipient, index)
    if octets.isEmpty {
      if recipient.qos != .atMostOnce { discarded.append((recipient.link, recipient.packetID)) }
      return
    }
    try demand(octets.count <= peers[index].connection.maximumPacketSize, "a packet too large")
    let version = peers[index].connection.version
    guard let header = try FixedHeader.decode(octets.span, version: version),
      let body = header.body(of: octets.span)
    else { throw Finding("half a PUBLISH: \(hexadecimal(octets))") }
    let publish = try Publish.decode(body, flags: header.flags, version: version)
    let isSame = publish.header.qos == recipient.qos && header.packetSize == octets.count
    let size = broker.messages.payloadSize(of: message)
    try demand(isSame && publish.payload.count == size, "\(hexadecimal(octets))")
  }

  /// The octets of a delivery; none where the peer takes no such packet.
  private mutating func encoded(
    _ message: MessageID, to recipient: Recipient, _ index: Int
  ) -> [UInt8] {
    let version = peers[index].connection.version
    guard version == .mqtt50 else {
      let (topic, payload) = (
        broker.messages.topic(of: message), broker.messages.payload(of: message)
      )
      return written(Connection.deliveryRoom(topic: topic, payload: payload)) { output in
        try? Connection.encodeDelivery(
          topic: topic, payload: payload, to: recipient, version, into: &output)
      }
    }
    return Self.encoded5(
      message, to: recipient, of: broker.messages, commands, &peers[index].connection, at: now)
  }

  private static func encoded5(
    _ message: MessageID, to recipient: Recipient, of messages: borrowing MessageStore,
    _ commands: borrowing CommandQueue, _ connection: inout Connection, at now: LinkTime
  ) -> [UInt8] {
    let stored = StoredMessage(message, of: messages, at: now)
    var identifiers = Span<UInt32>()
    if let run = recipient.identifiers.run { identifiers = commands.identifiers(ofRun: run) }
    let room = Connection.deliveryRoom(of: stored, identifiers: identifiers)
    var scratch = Slab<UInt8>()
    var octets: [UInt8] = []
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { raw.deallocate() }
    var output = OutputRawSpan(buffer: raw, initializedCount: 0)
    _ = try? connection.encodeDelivery5(
      stored, to: recipient, identifiers: identifiers, scratch: &scratch, into: &output)
    let count = output.finalize(for: raw)
    octets += raw[..<count]
    return octets
  }
}

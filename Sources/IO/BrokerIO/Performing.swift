import BrokerCore
import MQTTCodec
import MQTTLink
import MQTTTerms
import Reactor
import SessionLink
import Slabs
import Streams

extension BrokerService {
  /// Performs every command of the core, in order, and what follows from what could not be carried.
  public mutating func perform(at now: LinkTime) {
    performAll(at: now)
    while !discarded.isEmpty {
      for k in 0..<discarded.count {
        broker.handle(
          .discarded(discarded[k].packetID), from: discarded[k].link, at: now,
          commands: &commands)
      }
      discarded.removeAll()
      performAll(at: now)
    }
  }

  private mutating func performAll(at now: LinkTime) {
    var next = 0
    while next < commands.commands.count {
      perform(commands.commands[next], at: now)
      next += 1
    }
    commands.removeAll()
  }

  private mutating func perform(_ command: LinkCommand, at now: LinkTime) {
    switch command {
    case .deliver(let message, let recipients):
      deliver(message, to: recipients, at: now)
      broker.performed(message)
    case .acknowledge(let link, let packetID, let reception):
      answer(link, .puback, packetID, reception, command)
    case .confirm(let link, let packetID, let reception):
      answer(link, .pubrec, packetID, reception, command)
    case .release(let link, let packetID, let isKnown):
      answer(link, .pubrel, packetID, isKnown: isKnown, command)
    case .complete(let link, let packetID, let isKnown):
      answer(link, .pubcomp, packetID, isKnown: isKnown, command)
    case .subscribed(let link, let packetID, let codes):
      answer(link, packetID, codes, isUnsubscribe: false, at: now)
    case .unsubscribed(let link, let packetID, let codes):
      answer(link, packetID, codes, isUnsubscribe: true, at: now)
    case .opened(let link, let opening): opened(link, opening, command, at: now)
    case .challenge(let link, let isDone, let data): challenge(link, isDone, data, at: now)
    case .refused(let link, let refusal): refused(link, refusal, command)
    case .close(let link, let ejection): close(link, ejection, command)
    // Streams have no peers that sleep or change their wills.
    case .willUpdated, .drained: foreign.commands.append(command)
    }
  }

  /// The stream of a link, unless the link is another service's.
  func stream(of link: LinkID) -> Int? {
    guard links.contains(link), links[Int(link.index)].service == service else { return nil }
    return Int(links[Int(link.index)].slot)
  }

  // MARK: Deliveries

  private mutating func deliver(
    _ message: MessageID, to recipients: Recipients, at now: LinkTime
  ) {
    if recipients.count == 1 {
      deliver(message, to: commands.recipients[Int(recipients.start)], at: now)
    } else {
      deliver(message, toAll: recipients, at: now)
    }
  }

  /// Encodes straight into the one recipient's output.
  private mutating func deliver(
    _ message: MessageID, to recipient: Recipient, at now: LinkTime
  ) {
    if let index = stream(of: recipient.link) {
      if tracesPackets { trace(message, to: recipient, index) }
      let isTaken = streams.deliver(
        message, to: recipient, index, from: broker.messages, commands, at: now)
      if !isTaken { discard(recipient) }
    } else {
      handOn(recipient)
      handOn(message, from: foreign.recipients.count - 1)
    }
  }

  /// Encodes once for all and copies.
  @inline(never)
  private mutating func deliver(
    _ message: MessageID, toAll recipients: Recipients, at now: LinkTime
  ) {
    let foreignStart = foreign.recipients.count
    image.forget()
    for k in Int(recipients.start)..<Int(recipients.end) {
      let recipient = commands.recipients[k]
      if let index = stream(of: recipient.link) {
        if tracesPackets { trace(message, to: recipient, index) }
        let isTaken = streams.deliver(
          message, to: recipient, index, from: broker.messages, commands, at: now, image: &image)
        if !isTaken { discard(recipient) }
      } else {
        handOn(recipient)
      }
    }
    handOn(message, from: foreignStart)
  }

  private mutating func discard(_ recipient: Recipient) {
    traffic.oversized += 1
    guard recipient.qos != .atMostOnce else { return }
    discarded.append(Discarded(link: recipient.link, packetID: recipient.packetID))
  }

  private mutating func handOn(_ recipient: Recipient) {
    var recipient = recipient
    // Runs of identifiers stand in the queue that they came from.
    if recipient.identifiers.run != nil { recipient.identifiers = .none }
    foreign.recipients.append(recipient)
  }

  private mutating func handOn(_ message: MessageID, from start: Int) {
    let end = foreign.recipients.count
    guard end > start else { return }
    broker.messages.retain(message)
    foreign.commands.append(.deliver(message, to: Recipients(start: start, end: end)))
  }

  // MARK: Answers

  private mutating func answer(
    _ link: LinkID, _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier,
    _ reception: Reception, _ command: LinkCommand
  ) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    streams.answer(index) { connection, output in
      try? OutboundPackets.encode(kind, packetID, reception, connection.version, into: &output)
    }
    guard tracesPackets else { return }
    let isTold = streams.slots[index].connection.version == .mqtt50
    let reason = isTold ? OutboundPackets.reasonCode(of: reception) : .success
    trace(sent: kind, packetID, reason: reason.rawValue, index)
  }

  private mutating func answer(
    _ link: LinkID, _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier,
    isKnown: Bool, _ command: LinkCommand
  ) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    streams.answer(index) { connection, output in
      try? OutboundPackets.encode(
        kind, packetID, isKnown: isKnown, connection.version, into: &output)
    }
    if tracesPackets { trace(sent: kind, packetID, reason: nil, index) }
  }

  private mutating func answer(
    _ link: LinkID, _ packetID: PacketIdentifier, _ codes: IndexRange, isUnsubscribe: Bool,
    at now: LinkTime
  ) {
    guard let index = stream(of: link) else {
      for k in codes.start..<codes.end { foreign.append(code: commands.codes[Int(k)]) }
      return isUnsubscribe
        ? foreign.appendUnsubscribed(link, packetID) : foreign.appendSubscribed(link, packetID)
    }
    if tracesPackets { trace(sent: isUnsubscribe ? "UNSUBACK" : "SUBACK", index) }
    if !streams.answer(index, packetID, codes, of: commands, isUnsubscribe: isUnsubscribe) {
      fail(index, at: now)
    }
  }

  /// Ends a connection whose peer takes no packet as large as its answer is.
  private mutating func fail(_ index: Int, at now: LinkTime) {
    if let id = streams.slots.id(at: index) { end(id, for: .answerTooLarge, at: now) }
  }

  private mutating func opened(
    _ link: LinkID, _ opening: Opening, _ command: LinkCommand, at now: LinkTime
  ) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    guard streams.greet(index, link, opening, broker, commands.octets) else {
      return fail(index, at: now)
    }
    streams.slots[index].connection.opened()
    if let id = streams.slots.id(at: index) { arm(id) }
    notices.append(
      .opened(
        OpenedClient(
          clientID: clientID(index), userName: broker.userName(of: link),
          peer: streams.slots[index].peer,
          protocolLevel: streams.slots[index].connection.version.rawValue,
          isClean: broker.isCleanSession(of: link) ?? true,
          keepAlive: streams.slots[index].connection.keepAlive)))
    if tracesPackets {
      trace(connack: 0, isSessionPresent: opening.isSessionPresent, index)
    }
  }

  private mutating func challenge(
    _ link: LinkID, _ isDone: Bool, _ range: IndexRange, at now: LinkTime
  ) {
    guard let index = stream(of: link) else { return }
    guard streams.challenge(index, isDone, range, of: commands.octets) else {
      return fail(index, at: now)
    }
    streams.slots[index].connection.challenged(isDone: isDone)
    if tracesPackets { trace(sent: "AUTH", index) }
  }

  private mutating func refused(_ link: LinkID, _ refusal: Refusal, _ command: LinkCommand) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    streams.answer(index) { connection, output in
      try? connection.encodeRefusal(refusal, into: &output)
    }
    if tracesPackets {
      let code = streams.slots[index].connection.octet(of: refusal)
      trace(connack: code, isSessionPresent: false, index)
    }
    if let id = streams.slots.id(at: index) { doom(id) }
  }

  private mutating func close(_ link: LinkID, _ ejection: Ejection, _ command: LinkCommand) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    streams.answer(index) { connection, output in
      try? connection.encodeFarewell(ejection, into: &output)
    }
    if tracesPackets, streams.slots[index].connection.version == .mqtt50 {
      trace(sent: "DISCONNECT", index)
    }
    if let id = streams.slots.id(at: index) { doom(id) }
  }
}

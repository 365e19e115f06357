import BrokerCore
import MQTTCodec
import MQTTLink
import MQTTTerms
import Reactor
import SessionLink
import Slabs
import Streams

extension BrokerService {
  /// Performs every command of the core, in order.
  public mutating func perform(at now: LinkTime) {
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
      deliver(message, to: recipients)
      broker.performed(message)
    case .acknowledge(let link, let packetID): answer(link, .puback, packetID, command)
    case .confirm(let link, let packetID): answer(link, .pubrec, packetID, command)
    case .release(let link, let packetID): answer(link, .pubrel, packetID, command)
    case .complete(let link, let packetID): answer(link, .pubcomp, packetID, command)
    case .opened(let link, let isPresent): opened(link, isPresent, command)
    case .refused(let link, let refusal): refused(link, refusal, command)
    case .subscribed(let link, let packetID, let codes): subscribed(link, packetID, codes)
    case .unsubscribed(let link, let packetID):
      guard let index = stream(of: link) else { return foreign.commands.append(command) }
      let version = streams.slots[index].connection.version
      streams.answer(index) { output in
        try? OutboundPackets.encodeUnsubscribed(packetID, version, into: &output)
      }
    case .close(let link, let ejection):
      guard let index = stream(of: link) else { return foreign.commands.append(command) }
      notices.append(
        .ejected(clientID: clientID(index), streams.slots[index].peer, ejection))
      if let id = streams.slots.id(at: index) { doom(id) }
    }
  }

  /// The stream of a link, unless the link is another service's.
  private func stream(of link: LinkID) -> Int? {
    guard links.contains(link), links[Int(link.index)].service == service else { return nil }
    return Int(links[Int(link.index)].slot)
  }

  // MARK: Deliveries

  private mutating func deliver(_ message: MessageID, to recipients: Recipients) {
    if recipients.count == 1 {
      deliver(message, to: commands.recipients[Int(recipients.start)])
    } else {
      deliver(message, toAll: recipients)
    }
  }

  /// Encodes straight into the one recipient's output.
  private mutating func deliver(_ message: MessageID, to recipient: Recipient) {
    if let index = stream(of: recipient.link) {
      streams.deliver(message, to: recipient, index, from: broker.messages)
    } else {
      foreign.recipients.append(recipient)
      handOn(message, from: foreign.recipients.count - 1)
    }
  }

  /// Encodes once for all and copies.
  @inline(never)
  private mutating func deliver(_ message: MessageID, toAll recipients: Recipients) {
    let foreignStart = foreign.recipients.count
    image.forget()
    for k in Int(recipients.start)..<Int(recipients.end) {
      let recipient = commands.recipients[k]
      if let index = stream(of: recipient.link) {
        streams.deliver(message, to: recipient, index, from: broker.messages, image: &image)
      } else {
        foreign.recipients.append(recipient)
      }
    }
    handOn(message, from: foreignStart)
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
    _ command: LinkCommand
  ) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    let version = streams.slots[index].connection.version
    streams.answer(index) { output in
      try? OutboundPackets.encode(kind, packetID, version, into: &output)
    }
  }

  private mutating func opened(_ link: LinkID, _ isPresent: Bool, _ command: LinkCommand) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    streams.slots[index].connection.opened()
    let version = streams.slots[index].connection.version
    streams.answer(index) { output in
      try? OutboundPackets.encodeOpened(isSessionPresent: isPresent, version, into: &output)
    }
    if let id = streams.slots.id(at: index) { arm(id) }
    notices.append(
      .opened(
        clientID: clientID(index), streams.slots[index].peer,
        isCleanStart: broker.isCleanSession(of: link) ?? true,
        keepAlive: streams.slots[index].connection.keepAlive))
  }

  private mutating func refused(_ link: LinkID, _ refusal: Refusal, _ command: LinkCommand) {
    guard let index = stream(of: link) else { return foreign.commands.append(command) }
    notices.append(.refused(clientID: clientID(index), streams.slots[index].peer, refusal))
    tell(index, OutboundPackets.returnCode(for: refusal))
    if let id = streams.slots.id(at: index) { doom(id) }
  }

  private mutating func subscribed(
    _ link: LinkID, _ packetID: PacketIdentifier, _ codes: IndexRange
  ) {
    guard let index = stream(of: link) else {
      for k in codes.start..<codes.end { foreign.append(code: commands.codes[Int(k)]) }
      return foreign.appendSubscribed(link, packetID)
    }
    streams.answer(index, subscribed: packetID, codes, of: commands)
  }
}

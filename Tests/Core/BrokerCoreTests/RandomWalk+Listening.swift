import MQTTTerms
import SessionLink

@testable import BrokerCore

extension RandomWalk {
  mutating func tell(_ link: LinkID, _ event: consuming LinkEvent) {
    let before = links()
    broker.handle(event, from: link, at: 0, commands: &commands)
    while broker.replay(budget: 3, commands: &commands) {}
    listen(before, link)
  }

  /// Takes down what each client was told. A link that is new belongs to the client whose step it
  /// is, which the session tells.
  private mutating func listen(_ before: [LinkID: Int], _ speaker: LinkID) {
    var links = before
    if links[speaker] == nil, let name = broker.clientID(of: speaker), let digit = name.last {
      links[speaker] = Int(String(digit))
    }
    model.told = [:]
    for index in 0..<commands.commands.count { note(commands.commands[index], links) }
    commands.removeAll()
  }

  private mutating func note(_ command: LinkCommand, _ links: [LinkID: Int]) {
    switch command {
    case .opened(let link, let opening):
      note(link, .opened(isPresent: opening.isSessionPresent), links)
    case .acknowledge(let link, let id, _): note(link, .acknowledged(id.rawValue), links)
    case .confirm(let link, let id, _): note(link, .confirmed(id.rawValue), links)
    case .release(let link, let id, _): note(link, .released(id.rawValue), links)
    case .complete(let link, let id, _): note(link, .completed(id.rawValue), links)
    case .unsubscribed(let link, _, _): note(link, .unsubscribed, links)
    case .close(let link, _): note(link, .takenOver, links)
    case .refused(let link, _), .challenge(let link, _, _): note(link, .subscribed([]), links)
    case .subscribed(let link, _, let codes):
      let granted = (codes.start..<codes.end).map { commands.codes[Int($0)].rawValue }
      note(link, .subscribed(granted), links)
    case .deliver(let message, let recipients):
      for place in recipients.start..<recipients.end {
        let recipient = commands.recipients[Int(place)]
        note(recipient.link, .message(delivery(message, recipient)), links)
      }
      broker.performed(message)
    }
  }

  private mutating func note(_ link: LinkID, _ told: Told, _ links: [LinkID: Int]) {
    model.told[links[link] ?? -1, default: []].append(told)
  }

  private func delivery(_ message: MessageID, _ recipient: Recipient) -> ModelDelivery {
    ModelDelivery(
      topic: string(broker.messages.topic(of: message)),
      payload: string(broker.messages.payload(of: message)), qos: recipient.qos.rawValue,
      id: recipient.packetID.rawValue, isRetained: recipient.flags.contains(.retained),
      isDuplicate: recipient.flags.contains(.duplicate))
  }

  private func links() -> [LinkID: Int] {
    var links: [LinkID: Int] = [:]
    for (client, session) in model.sessions { if let link = session.link { links[link] = client } }
    return links
  }
}

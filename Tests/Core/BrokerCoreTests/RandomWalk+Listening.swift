import MQTTTerms
import SessionLink

@testable import BrokerCore

// What the broker says is taken down for the model.
extension RandomWalk {
  /// Tells the broker one event and hears what it says.
  mutating func tell(_ link: LinkID, _ event: consuming LinkEvent) {
    hand(link, event)
    hear()
  }

  /// Tells the broker one event of several.
  mutating func hand(_ link: LinkID, _ event: consuming LinkEvent) {
    broker.handle(event, from: link, at: model.clock, commands: &commands)
  }

  mutating func hear() {
    while broker.replay(budget: 3, commands: &commands) {}
    for index in 0..<commands.commands.count { note(commands.commands[index]) }
    commands.removeAll()
  }

  private mutating func note(_ command: LinkCommand) {
    switch command {
    case .opened(let link, let opening): note(link, .opened(isPresent: opening.isSessionPresent))
    case .acknowledge(let link, let id, let reception):
      note(link, .acknowledged(id.rawValue, reception))
    case .confirm(let link, let id, let reception): note(link, .confirmed(id.rawValue, reception))
    case .release(let link, let id, let isKnown):
      note(link, .released(id.rawValue, isKnown: isKnown))
    case .complete(let link, let id, let isKnown):
      note(link, .completed(id.rawValue, isKnown: isKnown))
    case .subscribed(let link, _, let codes): note(link, .subscribed(numbers(codes)))
    case .unsubscribed(let link, _, let codes): note(link, .unsubscribed(numbers(codes)))
    case .close(let link, let ejection): note(link, .closed(ejection))
    case .refused(let link, let refusal): note(link, .strange("\(refusal)"))
    case .challenge(let link, _, _): note(link, .strange("challenge"))
    case .willUpdated(let link, _): note(link, .strange("will"))
    case .drained(let link): note(link, .strange("drained"))
    case .deliver(let message, let recipients):
      for place in recipients.start..<recipients.end {
        let recipient = commands.recipients[Int(place)]
        note(recipient.link, .message(delivery(message, recipient)))
      }
      broker.performed(message)
    }
  }

  private mutating func note(_ link: LinkID, _ told: Told) {
    model.told[link, default: []].append(told)
  }

  private func numbers(_ codes: IndexRange) -> [UInt8] {
    (codes.start..<codes.end).map { commands.codes[Int($0)].rawValue }
  }

  private func delivery(_ message: MessageID, _ recipient: Recipient) -> ModelDelivery {
    ModelDelivery(
      topic: WalkNames.topic(broker.messages.topic(of: message)),
      payload: number(broker.messages.payload(of: message)), qos: recipient.qos.rawValue,
      id: recipient.packetID.rawValue, isRetained: recipient.flags.contains(.retained),
      isDuplicate: recipient.flags.contains(.duplicate),
      identifiers: identifiers(recipient.identifiers), end: broker.messages.expiresAt(message))
  }

  private func number(_ payload: Span<UInt8>) -> Int {
    var number = 0
    for index in payload.indices { number = number * 10 + Int(payload[index]) - 0x30 }
    return number
  }

  private func identifiers(_ identifiers: SubscriptionIdentifiers) -> [UInt32] {
    if let one = identifiers.one { return [one] }
    guard let run = identifiers.run else { return [] }
    let named = commands.identifiers(ofRun: run)
    return named.indices.map { named[$0] }.sorted()
  }
}

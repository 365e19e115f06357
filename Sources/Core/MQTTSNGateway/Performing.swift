import MQTTTerms
import SessionLink
import Slabs

// What the hub wants done.
extension Gateway {
  /// Performs one command of `queue`, as far as it is meant for nodes of this gateway. Commands for
  /// other services' links are passed over.
  public mutating func perform(
    _ command: LinkCommand, of queue: borrowing CommandQueue, at now: LinkTime,
    links: inout LinkTable, messages: inout MessageStore
  ) {
    self.now = now
    switch command {
    case .deliver(let message, let recipients):
      guard nodes.count > 0 else { return }
      for position in Int(recipients.start)..<Int(recipients.end) {
        deliver(message, to: queue.recipients[position], at: now, links, messages: &messages)
      }
    case .opened(let link, _):
      if let index = node(of: link, links) { opened(index) }
    case .refused(let link, let refusal):
      if let index = node(of: link, links) { refused(index, refusal, links: &links) }
    case .acknowledge(let link, let messageID, let reception):
      if let index = node(of: link, links) { acknowledge(messageID, reception, to: index) }
    case .confirm(let link, let messageID, let reception):
      if let index = node(of: link, links) { confirm(messageID, reception, to: index) }
    case .release(let link, let messageID, let isKnown):
      if let index = node(of: link, links) { release(messageID, isKnown: isKnown, to: index) }
    case .complete(let link, let messageID, _):
      if let index = node(of: link, links) { complete(messageID, to: index) }
    case .willUpdated(let link, let reception):
      if let index = node(of: link, links) { willUpdated(reception, to: index) }
    case .drained(let link):
      if let index = node(of: link, links) { drained(index) }
    // Nodes do not know exchanges that show who they are.
    case .challenge: break
    case .subscribed(let link, let messageID, let codes):
      guard let index = node(of: link, links), codes.count > 0 else { return }
      subscribed(messageID, queue.codes[Int(codes.start)], to: index)
    case .unsubscribed(let link, let messageID, _):
      if let index = node(of: link, links) { unsubscribed(messageID, to: index) }
    case .close(let link, _):
      if let index = node(of: link, links) { eject(index, links: &links, messages: &messages) }
    }
  }

  /// Delivers a message to one recipient, if that is a node of this gateway.
  public mutating func deliver(
    _ message: MessageID, to recipient: Recipient, at now: LinkTime,
    _ links: borrowing LinkTable, messages: inout MessageStore
  ) {
    self.now = now
    guard let index = node(of: recipient.link, links) else { return }
    guard nodes[index].phase.isConnected else { return }
    deliver(message, to: recipient, index, messages: &messages)
  }

  /// The node behind a link; nothing for other services' links and for those of before.
  func node(of link: LinkID, _ links: borrowing LinkTable) -> Int? {
    guard links.contains(link), links[Int(link.index)].service == service else { return nil }
    let index = Int(links[Int(link.index)].slot)
    guard nodes.id(at: index) != nil, nodes[index].link == link else { return nil }
    return index
  }
}

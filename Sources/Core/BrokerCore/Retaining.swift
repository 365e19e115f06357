import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  /// Makes a message the retained one of its topic, or clears it with an empty payload
  /// [MQTT-3.3.1-5], [MQTT-3.3.1-10], [MQTT-3.3.1-11] [MQTT5-3.3.1-5] [MQTT5-3.3.1-6]
  /// [MQTT5-3.3.1-7]. It outlives the session [MQTT-3.1.2-7].
  mutating func keep(_ publish: borrowing IncomingPublish, of publisher: IdentityID?) {
    guard !publish.payload.isEmpty else { return clear(tree.find(publish.topic)) }
    guard mayKeep(publish.topic) else { return }
    // One that is of no use any more only takes the place of the one before.
    guard publish.expiry > 0 else { return clear(tree.find(publish.topic)) }
    keep(store(publish), of: publisher ?? Identities.none, at: tree.make(publish.topic))
  }

  /// The same for a message in the store, with a reference of its own.
  mutating func keep(stored message: MessageID, of publisher: IdentityID) {
    let topic = messages.copyOfTopic(of: message)
    if messages.payload(of: message).isEmpty {
      clear(tree.find(topic.span))
    } else if mayKeep(topic.span) {
      messages.retain(message)
      keep(message, of: publisher, at: tree.make(topic.span))
    }
  }

  private mutating func mayKeep(_ topic: Span<UInt8>) -> Bool {
    if statistics.retainedMessages < limits.retainedMessages { return !isTooDeep(topic) }
    let node = tree.find(topic)
    if node != 0, tree.nodes[Int(node)].retained != nil { return true }
    statistics.hit(.retainedMessages)
    return false
  }

  private mutating func keep(
    _ message: MessageID, of publisher: IdentityID, at node: TopicNode
  ) {
    identities.retain(publisher)
    // [MQTT-3.3.1-7] whatever its QoS is, it takes the place of the one before.
    let before = tree.retain(message, of: publisher, at: node)
    identities.release(before.publisher)
    if let message = before.message {
      messages.release(message)
    } else {
      statistics.retainedMessages += 1
    }
    watchExpiry(of: message, at: node)
  }

  private mutating func clear(_ node: TopicNode) {
    guard node != 0, tree.nodes[Int(node)].retained != nil else { return }
    let before = tree.retain(nil, of: Identities.none, at: node)
    identities.release(before.publisher)
    if let message = before.message { messages.release(message) }
    statistics.retainedMessages -= 1
  }

  // MARK: Expiry

  private mutating func watchExpiry(of message: MessageID, at node: TopicNode) {
    let end = messages.expiresAt(message)
    guard end != .max, let id = tree.nodes.id(at: Int(node)) else { return }
    retainedEnds.insert(id, at: end)
    if retainedEnds.count > 2 * statistics.retainedMessages + 256 { dropStaleEnds() }
  }

  /// Forgets the ends of messages that others have taken the place of.
  private mutating func dropStaleEnds() {
    var kept = DeadlineQueue()
    for index in 0..<tree.nodes.indexBound {
      guard let id = tree.nodes.id(at: index), let message = tree.nodes[index].retained,
        messages.expiresAt(message) != .max
      else { continue }
      kept.insert(id, at: messages.expiresAt(message))
    }
    retainedEnds = kept
  }

  /// Clears the retained messages whose time is over.
  mutating func clearExpired() {
    while let due = retainedEnds.popDue(at: clock) {
      guard tree.nodes.contains(due.key),
        let message = tree.nodes[Int(due.key.index)].retained,
        messages.expiresAt(message) <= clock
      else { continue }
      statistics.publishesExpired &+= 1
      clear(due.key.index)
    }
  }
}

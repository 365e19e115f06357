import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  /// Makes a message the retained one of its topic, or clears it with an empty payload
  /// [MQTT-3.3.1-5], [MQTT-3.3.1-10], [MQTT-3.3.1-11].
  mutating func keep(_ publish: borrowing IncomingPublish) {
    guard !publish.payload.isEmpty else { return clear(tree.find(publish.topic)) }
    guard mayKeep(publish.topic) else { return }
    let message = messages.insert(
      topic: publish.topic, payload: publish.payload, qos: publish.qos)
    keep(message, at: tree.make(publish.topic))
  }

  /// The same for a message in the store, with a reference of its own.
  mutating func keep(stored message: MessageID) {
    let topic = messages.copyOfTopic(of: message)
    if messages.payload(of: message).isEmpty {
      clear(tree.find(topic.span))
    } else if mayKeep(topic.span) {
      messages.retain(message)
      keep(message, at: tree.make(topic.span))
    }
  }

  private func mayKeep(_ topic: Span<UInt8>) -> Bool {
    if statistics.retainedMessages < limits.retainedMessages { return !isTooDeep(topic) }
    let node = tree.find(topic)
    return node != 0 && tree.nodes[Int(node)].retained != nil
  }

  private mutating func keep(_ message: MessageID, at node: TopicNode) {
    // [MQTT-3.3.1-7] whatever its QoS is, it takes the place of the one before.
    if let before = tree.retain(message, at: node) {
      messages.release(before)
    } else {
      statistics.retainedMessages += 1
    }
  }

  private mutating func clear(_ node: TopicNode) {
    guard node != 0, let before = tree.retain(nil, at: node) else { return }
    messages.release(before)
    statistics.retainedMessages -= 1
  }
}

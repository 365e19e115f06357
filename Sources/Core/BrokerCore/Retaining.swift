import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  /// Makes a message the retained one of its topic, or clears it with an empty payload
  /// [MQTT-3.3.1-5], [MQTT-3.3.1-10].
  mutating func keep(_ publish: borrowing IncomingPublish) {
    guard !publish.payload.isEmpty else { return clear(tree.find(publish.topic)) }
    guard statistics.retainedMessages < limits.retainedMessages else { return }
    let message = messages.insert(
      topic: publish.topic, payload: publish.payload, qos: publish.qos)
    keep(message, at: tree.make(publish.topic))
  }

  /// The same for a message in the store, with a reference of its own.
  mutating func keep(stored message: MessageID) {
    let topic = messages.copyOfTopic(of: message)
    if messages.payload(of: message).isEmpty {
      clear(tree.find(topic.span))
    } else if statistics.retainedMessages < limits.retainedMessages {
      messages.retain(message)
      keep(message, at: tree.make(topic.span))
    }
  }

  private mutating func keep(_ message: MessageID, at node: TopicNode) {
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

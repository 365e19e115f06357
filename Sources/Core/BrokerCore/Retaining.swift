import MQTTTerms
import SessionLink
import Slabs

/// Retained messages on their way to a new subscription. They go out after the SUBACK and in
/// portions, so that a large replay does not hold up everybody else.
struct Replay: ~Copyable {
  var session: SlotID
  var qos: QoS
  var messages: Slab<MessageID>
  var next = 0
}

extension Broker {
  /// Makes a message the retained one of its topic, or clears it with an empty payload
  /// [MQTT-3.3.1-5], [MQTT-3.3.1-10], [MQTT-3.3.1-11].
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

  /// Notes what a new subscription is to get [MQTT-3.3.1-6].
  mutating func startReplay(of filter: Span<UInt8>, _ qos: QoS, to session: Int) {
    tree.findRetained(matching: filter, &walk)
    guard walk.messages.count > 0, let id = sessions.id(at: session) else { return }
    var replay = Replay(session: id, qos: qos, messages: Slab(capacity: walk.messages.count))
    for k in 0..<walk.messages.count {
      messages.retain(walk.messages[k])
      replay.messages.append(walk.messages[k])
    }
    replays.append(replay)
  }

  /// Sends the next portion of every replay: at most `budget` messages each. True when there is
  /// more that could go out at once.
  public mutating func replay(budget: Int, commands: inout CommandQueue) -> Bool {
    var hasMore = false
    var index = 0
    while index < replays.count {
      let progress = replay(index, budget, &commands)
      if progress == .done {
        _ = replays.swapRemove(at: index)
      } else {
        hasMore = hasMore || progress == .more
        index += 1
      }
    }
    return hasMore
  }

  private enum Progress {
    case done
    case more
    case blocked
  }

  private mutating func replay(
    _ index: Int, _ budget: Int, _ commands: inout CommandQueue
  ) -> Progress {
    let session = Int(replays[index].session.index)
    let isAlive = sessions.contains(replays[index].session)
    for _ in 0..<budget {
      guard replays[index].next < replays[index].messages.count else { return .done }
      let message = replays[index].messages[replays[index].next]
      if isAlive {
        guard sendRetained(message, replays[index].qos, to: session, &commands) else {
          return .blocked
        }
      } else {
        messages.release(message)
      }
      replays[index].next += 1
    }
    return .more
  }

  /// Sends one retained message, handing its reference on; false when the session cannot take it.
  private mutating func sendRetained(
    _ message: MessageID, _ granted: QoS, to session: Int, _ commands: inout CommandQueue
  ) -> Bool {
    guard let link = sessions[session].link, !sessions[session].isPaused else { return false }
    let published = messages.qos(of: message)
    let qos = granted < published ? granted : published
    var id = PacketIdentifier.none
    if qos != .atMostOnce {
      let limit = Int(sessions[session].traits.receiveMaximum)
      guard let next = sessions[session].window.push(message, qos, limit: limit) else {
        return false
      }
      id = next
      messages.retain(message)
    }
    let start = commands.recipients.count
    // [MQTT-3.3.1-8] RETAIN is set on what a new subscription gets.
    commands.recipients.append(Recipient(link: link, packetID: id, qos: qos, flags: .retained))
    finish(message, recipientsFrom: start, &commands)
    return true
  }
}

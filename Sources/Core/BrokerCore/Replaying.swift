import MQTTTerms
import SessionLink
import Slabs

/// Retained messages on their way to a new subscription. They go out after the SUBACK and in
/// portions, so that a large replay does not hold up everybody else.
///
/// It names topics and holds no messages: what goes out is what is retained at that time.
struct Replay: ~Copyable {
  var session: SlotID
  var filter: TopicNode
  /// The subscription: its QoS, its identifier, whether the session's own messages stay away.
  var subscriber: Subscriber
  var topics: Slab<SlotID>
  var next = 0
}

/// The payload that one session is sent in one portion, in octets, until it is exceeded.
private let portionOctets = 1 << 16

extension Broker {
  /// Whether a session still waits for so many retained messages that it gets no more filters:
  /// overlapping ones would make a short SUBSCRIBE cost a list of every topic, again and again.
  func isReplayingTooMuch(to session: Int) -> Bool {
    sessions[session].replaying > 2 * statistics.retainedMessages + 1000
  }

  /// Notes what a new subscription is to get [MQTT-3.3.1-6] [MQTT5-3.3.1-9].
  mutating func startReplay(
    of filter: Span<UInt8>, at node: TopicNode, _ subscriber: Subscriber
  ) {
    let session = Int(subscriber.session)
    tree.findRetained(matching: filter, &walk)
    guard walk.nodes.count > 0, let id = sessions.id(at: session) else { return }
    var topics = Slab<SlotID>(capacity: walk.nodes.count)
    for k in 0..<walk.nodes.count {
      if let topic = tree.nodes.id(at: Int(walk.nodes[k])) { topics.append(topic) }
    }
    sessions[session].replaying += topics.count
    replays.append(Replay(session: id, filter: node, subscriber: subscriber, topics: topics))
  }

  /// Ends the replay of a subscription that ends, or is made again.
  mutating func cancelReplay(of session: Int, at filter: TopicNode) {
    guard sessions[session].replaying > 0, let id = sessions.id(at: session) else { return }
    for index in 0..<replays.count
    where replays[index].session == id && replays[index].filter == filter {
      let replay = replays.swapRemove(at: index)
      sessions[session].replaying -= replay.topics.count - replay.next
      return
    }
  }

  /// Lets wait in the queue of a session whose link is gone what it was still to get.
  mutating func parkReplays(of session: Int) {
    guard sessions[session].replaying > 0, let id = sessions.id(at: session) else { return }
    var index = 0
    while index < replays.count {
      guard replays[index].session == id else {
        index += 1
        continue
      }
      let replay = replays.swapRemove(at: index)
      for k in replay.next..<replay.topics.count {
        park(replay.topics[k], replay.subscriber, session)
      }
    }
    sessions[session].replaying = 0
  }

  private mutating func park(_ topic: SlotID, _ subscriber: Subscriber, _ session: Int) {
    guard let message = retained(at: topic, for: subscriber) else { return }
    let qos = min(subscriber.qos, messages.qos(of: message))
    if qos != .atMostOnce || sessions[session].queuesQoS0 {
      enqueue(message, qos, .retained, .one(subscriber.identifier), session)
    }
  }

  /// Whether retained messages wait for a new subscriber.
  public var isReplaying: Bool { !replays.isEmpty }

  /// Sends the next portion of every replay: at most `budget` messages to each session. True when
  /// there is more that could go out at once.
  public mutating func replay(budget: Int, commands: inout CommandQueue) -> Bool {
    replayRound &+= 1
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
    guard sessions.contains(replays[index].session) else { return .done }
    let session = Int(replays[index].session.index)
    // One portion a round for a session, however many filters it has.
    if sessions[session].replayRound == replayRound { return .more }
    var octets = 0
    var sent = 0
    while replays[index].next < replays[index].topics.count {
      if sent == budget || octets > portionOctets { return .more }
      let topic = replays[index].topics[replays[index].next]
      if let message = retained(at: topic, for: replays[index].subscriber) {
        guard sendRetained(message, replays[index].subscriber, to: session, &commands) else {
          return .blocked
        }
        sessions[session].replayRound = replayRound
        octets += messages.payloadSize(of: message)
        sent += 1
      }
      replays[index].next += 1
      sessions[session].replaying -= 1
    }
    return .done
  }

  /// The message retained now, if the topic has kept one all the time, and the session may have it.
  private mutating func retained(at topic: SlotID, for subscriber: Subscriber) -> MessageID? {
    guard tree.nodes.contains(topic), let message = tree.nodes[Int(topic.index)].retained,
      messages.expiresAt(message) > clock
    else { return nil }
    let publisher = tree.nodes[Int(topic.index)].publisher
    let session = Int(subscriber.session)
    // [MQTT5-3.8.3-3]
    if subscriber.flags.contains(.isNoLocal), isSameClient(publisher, session) { return nil }
    return mayReplay(message, of: publisher, to: session) ? message : nil
  }

  private func isSameClient(_ publisher: IdentityID, _ session: Int) -> Bool {
    publisher != Identities.none
      && isSameName(
        identities.clientID(publisher), identities.clientID(sessions[session].identity))
  }

  /// Whether rules let the session have the message, and its publisher still publish it.
  private func mayReplay(
    _ message: MessageID, of publisher: IdentityID, to session: Int
  ) -> Bool {
    guard policy.rules != nil else { return true }
    let topic = messages.topic(of: message)
    guard policy.allows(.receive, topic, for: identities.peer(sessions[session].identity)) else {
      return false
    }
    return publisher == Identities.none
      || policy.allows(.publish, topic, for: identities.peer(publisher))
  }

  /// Sends one retained message; false when the session cannot take it.
  private mutating func sendRetained(
    _ message: MessageID, _ subscriber: Subscriber, to session: Int,
    _ commands: inout CommandQueue
  ) -> Bool {
    guard let link = sessions[session].link, !sessions[session].isPaused else { return false }
    let identifiers = SubscriptionIdentifiers.one(subscriber.identifier)
    let qos = min(subscriber.qos, messages.qos(of: message))
    var id = PacketIdentifier.none
    if qos != .atMostOnce {
      let limit = Int(sessions[session].traits.receiveMaximum)
      guard mayFly(message, qos, session),
        let next = sessions[session].window.push(
          message, qos, identifiers, flags: .retained, limit: limit)
      else { return false }
      id = next
      messages.retain(message)
      countInFlight(message, session)
    }
    messages.retain(message)
    let start = commands.recipients.count
    // [MQTT-3.3.1-8] RETAIN is set on what a new subscription gets.
    commands.recipients.append(
      Recipient(
        link: link, packetID: id, qos: qos, flags: .retained, identifiers: identifiers))
    finish(message, recipientsFrom: start, &commands)
    return true
  }
}

import MQTTTerms
import SessionLink
import Slabs

// Messages that wait for a session, and what goes when there are too many.
extension Broker {
  /// How many messages wait for the session of that Client Identifier, connected or not.
  public func waitingCount(of clientID: Span<UInt8>) -> Int {
    guard let session = sessionOfClient.value(of: clientID) else { return 0 }
    return sessions[Int(session)].queue.count + sessions[Int(session)].window.count
  }

  /// Lets a message wait for one session, with a reference of its own, or drops it.
  mutating func enqueue(
    _ message: MessageID, _ qos: QoS, _ flags: DeliveryFlags,
    _ identifiers: SubscriptionIdentifiers, _ session: Int
  ) {
    guard qos != .atMostOnce || sessions[session].queuesQoS0, makeRoom(for: message, session) else {
      statistics.publishesDropped &+= 1
      keptIdentifiers.drop(identifiers)
      return
    }
    messages.retain(message)
    statistics.waitingMessages += 1
    sessions[session].queue.octets += messages.payloadSize(of: message)
    // [MQTT-3.1.2-5], [MQTT-4.5.0-1] [MQTT5-4.5.0-1]
    sessions[session].queue.append(
      .init(message: message, qos: qos, flags: flags, identifiers: identifiers))
  }

  /// The limit that one more message in a session's queue would break.
  private func exceeded(by message: MessageID, _ session: Int) -> Bound? {
    let own = Int(sessions[session].traits.queueLimit)
    let limit = own > 0 ? own : limits.queuedMessages
    if limit > 0, sessions[session].queue.count >= limit { return .queuedMessages }
    let octets = sessions[session].queue.octets + messages.payloadSize(of: message)
    return limits.queuedOctets > 0 && octets > limits.queuedOctets ? .queuedOctets : nil
  }

  /// Whether one more message may wait for a session, after others have gone where the peer wants
  /// that; tells once when they begin to go.
  private mutating func makeRoom(for message: MessageID, _ session: Int) -> Bool {
    if sessions[session].traits.overflow == .newestPerTopic { dropOlder(of: message, session) }
    guard exceeded(by: message, session) != nil else { return true }
    dropExpired(of: session)
    guard let bound = exceeded(by: message, session) else { return true }
    statistics.hit(bound)
    noteDropping(session)
    guard sessions[session].traits.overflow != .dropNewest else { return false }
    while exceeded(by: message, session) != nil, let oldest = sessions[session].queue.first {
      statistics.publishesDropped &+= 1
      drop(oldest, of: session)
    }
    return exceeded(by: message, session) == nil
  }

  private mutating func noteDropping(_ session: Int) {
    guard !sessions[session].isDropping else { return }
    sessions[session].isDropping = true
    remark(.dropping(who(sessions[session].identity)))
  }

  /// Gives up what waits for a session with the topic of `message`.
  private mutating func dropOlder(of message: MessageID, _ session: Int) {
    guard let position = sessions[session].queue.position(ofTopicOf: message, in: messages) else {
      return
    }
    let older = sessions[session].queue.remove(at: position)
    statistics.publishesDropped &+= 1
    statistics.waitingMessages -= 1
    sessions[session].queue.octets -= messages.payloadSize(of: older.message)
    keptIdentifiers.drop(older.identifiers)
    messages.release(older.message)
  }
}

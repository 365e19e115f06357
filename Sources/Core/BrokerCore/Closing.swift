import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  mutating func close(
    _ link: LinkID, _ departure: Departure, at now: LinkTime, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link), let id = sessions.id(at: session) else { return }
    sessions[session].link = nil
    sessions[session].isPaused = false
    connectedCount -= 1
    if sessions[session].expiry != 0 { parkReplays(of: session) }
    if let will = sessions[session].will.take() { settle(will, departure, &commands) }
    switch sessions[session].expiry {
    // [MQTT-3.1.2-6]
    case 0: end(id)
    case .max: break
    case let seconds:
      let end = now + UInt64(seconds) * 1000
      sessions[session].expiresAt = end
      expiries.insert(id, at: end)
      if expiries.count > 2 * sessions.count + 256 { dropStaleExpiries() }
    }
  }

  /// Forgets the ends of sessions that were taken up again: a client may come and go at will.
  private mutating func dropStaleExpiries() {
    var kept = DeadlineQueue()
    for index in 0..<sessions.indexBound {
      guard let id = sessions.id(at: index), let end = sessions[index].expiresAt else { continue }
      kept.insert(id, at: end)
    }
    expiries = kept
  }

  /// Publishes the will of a lost client [MQTT-3.1.2-8], drops that of one that said goodbye
  /// [MQTT-3.1.2-10].
  private mutating func settle(
    _ will: Session.Will, _ departure: Departure, _ commands: inout CommandQueue
  ) {
    // [MQTT-3.14.4-3]
    guard departure == .lost else { return messages.release(will.message) }
    // [MQTT-3.1.2-16], [MQTT-3.1.2-17]
    if will.isRetained { keep(stored: will.message) }
    distribute(stored: will.message, &commands)
  }

  /// Ends a session and frees all it held.
  mutating func end(_ id: SlotID) {
    let session = Int(id.index)
    endSubscriptions(of: session)
    guard var ended = sessions.remove(id) else { return }
    sessionOfClient.remove(ended.clientID.span)
    while let entry = ended.window.popAny() {
      if let message = entry.message { messages.release(message) }
    }
    while let waiting = ended.queue.popFirst() { messages.release(waiting.message) }
    if let will = ended.will { messages.release(will.message) }
  }

  /// Ends the sessions whose time is over.
  public mutating func advance(to now: LinkTime) {
    while let due = expiries.popDue(at: now) {
      // A session that was taken up again has no such end, or a later one with its own entry.
      if sessions.contains(due.key), let end = sessions[Int(due.key.index)].expiresAt, end <= now {
        self.end(due.key)
        statistics.sessionsExpired += 1
      }
    }
  }

  /// When `advance` has something to do.
  public var nextDeadline: LinkTime? { expiries.earliest }

  mutating func pause(_ link: LinkID) {
    if let session = session(of: link) { sessions[session].isPaused = true }
  }

  mutating func resume(_ link: LinkID, _ commands: inout CommandQueue) {
    guard let session = session(of: link) else { return }
    sessions[session].isPaused = false
    drainQueue(of: session, &commands)
  }
}

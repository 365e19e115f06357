import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  mutating func close(
    _ link: LinkID, _ departure: Departure, _ commands: inout CommandQueue
  ) {
    abandonLogin(of: link)
    guard let session = session(of: link), let id = sessions.id(at: session) else { return }
    sessions[session].link = nil
    sessions[session].isPaused = false
    sessions[session].drainBudget = nil
    connectedCount -= 1
    // [MQTT5 3.14.2.2.2]
    if let expiry = departure.sessionExpiry { sessions[session].expiry = expiry }
    if sessions[session].expiry != 0 { parkReplays(of: session) }
    if departure.publishesWill {
      startWill(of: session, &commands)
    } else if !keepsWill(session), let will = sessions[session].will.take() {
      // [MQTT-3.1.2-10], [MQTT-3.14.4-3] [MQTT5-3.1.2-10] [MQTT5-3.14.4-3]
      messages.release(will.message)
    }
    switch sessions[session].expiry {
    // [MQTT-3.1.2-6] [MQTT-4.1.0-1] [MQTT5-3.1.2-23] [MQTT5-4.1.0-2]
    case 0: end(id, &commands)
    case .max: break
    case let seconds: sessions[session].expiresAt = clock + UInt64(seconds) * 1000
    }
    if sessions.contains(id) { watch(id) }
  }

  /// Asks to be called when time changes something about a session.
  private mutating func watch(_ id: SlotID) {
    guard let due = sessions[Int(id.index)].nextDue else { return }
    dues.insert(id, at: due)
    if dues.count > 2 * sessions.count + 256 { dropStaleDues() }
  }

  /// Forgets the times of sessions that were taken up again: a client may come and go at will.
  private mutating func dropStaleDues() {
    var kept = DeadlineQueue()
    for index in 0..<sessions.indexBound {
      guard let id = sessions.id(at: index), let due = sessions[index].nextDue else { continue }
      kept.insert(id, at: due)
    }
    dues = kept
  }

  /// Ends a session and frees all it held. A will that still waited is published
  /// [MQTT5-3.1.3-9].
  mutating func end(_ id: SlotID, _ commands: inout CommandQueue) {
    let session = Int(id.index)
    endSubscriptions(of: session)
    if sessions[session].will?.dueAt != nil { publishWill(of: session, &commands) }
    guard var ended = sessions.remove(id) else { return }
    Self.forget(ended.identity, of: identities, in: &sessionOfClient)
    identities.release(ended.identity)
    // [MQTT5-4.8.2-5] what was in flight goes to nobody else.
    while let entry = ended.window.popAny() {
      if let message = entry.message { messages.release(message) }
      keptIdentifiers.drop(entry.identifiers)
    }
    while let waiting = ended.queue.popFirst() {
      messages.release(waiting.message)
      keptIdentifiers.drop(waiting.identifiers)
      statistics.waitingMessages -= 1
    }
    if let will = ended.will { messages.release(will.message) }
  }

  private static func forget(
    _ identity: IdentityID, of identities: borrowing Identities, in table: inout NameTable
  ) {
    table.remove(identities.clientID(identity))
  }

  /// Does what time demands: publishes wills, ends sessions and retained messages.
  public mutating func advance(to now: LinkTime, commands: inout CommandQueue) {
    clock = now
    while let due = dues.popDue(at: now) {
      // A session that was taken up again has no such time, or a later one with its own entry.
      guard sessions.contains(due.key) else { continue }
      let session = Int(due.key.index)
      if let end = sessions[session].expiresAt, end <= now {
        self.end(due.key, &commands)
        statistics.sessionsExpired += 1
      } else if let dueAt = sessions[session].will?.dueAt, dueAt <= now {
        publishWill(of: session, &commands)
        watch(due.key)
      }
    }
    clearExpired()
  }

  /// When `advance` has something to do.
  public var nextDeadline: LinkTime? {
    guard let due = dues.earliest else { return retainedEnds.earliest }
    return min(due, retainedEnds.earliest ?? due)
  }
}

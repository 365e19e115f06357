import MQTTTerms
import SessionLink
import Slabs

// What peers say of messages that were sent to them.
extension Broker {
  /// `link` has taken a QoS 1 message: what `handle` does with the event `acknowledged`.
  public mutating func acknowledged(
    _ id: PacketIdentifier, from link: LinkID, at now: LinkTime, commands: inout CommandQueue
  ) {
    clock = now
    settle(id, in: .awaitsAcknowledgement, from: link, &commands)
  }

  /// The peer has received a QoS 2 message [MQTT-4.3.3-1] [MQTT5-4.3.3-4]: it will not get it again
  /// [MQTT5-4.3.3-6] [MQTT5-4.3.3-7].
  mutating func received(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    let isKnown = sessions[session].window.holds(id)
    if let message = sessions[session].window.receive(id) {
      forgetInFlight(message, session)
      messages.release(message)
    }
    commands.commands.append(.release(link, id, isKnown: isKnown))
  }

  /// The peer is done with a QoS 2 message [MQTT5-4.3.3-5].
  mutating func completed(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    settle(id, in: .awaitsCompletion, from: link, &commands)
  }

  /// A delivery has come to an end before its time: the peer has refused it, or the link could not
  /// carry it. Nobody else gets it instead [MQTT5-4.8.2-6].
  mutating func ended(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    settle(id, in: nil, from: link, &commands)
  }

  /// Frees the identifier of a delivery that is in `phase`, and sends what waits for its place.
  private mutating func settle(
    _ id: PacketIdentifier, in phase: DeliveryPhase?, from link: LinkID,
    _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link),
      case .settled(let message, let identifiers) = sessions[session].window.settle(id, in: phase)
    else { return }
    forget(message, identifiers, session)
    if !sessions[session].queue.isEmpty || sessions[session].window.hasLeftBehind
      || sessions[session].drainBudget != nil
    {
      drainQueue(of: session, &commands)
    }
  }

  /// Gives up a delivery whose message the peer may not have any more.
  mutating func abandon(_ id: PacketIdentifier, _ session: Int) {
    guard case .settled(let message, let identifiers) = sessions[session].window.settle(id, in: nil)
    else { return }
    statistics.refusals &+= 1
    forget(message, identifiers, session)
  }

  /// Gives back what a settled delivery held.
  private mutating func forget(
    _ message: MessageID?, _ identifiers: SubscriptionIdentifiers, _ session: Int
  ) {
    if let message {
      forgetInFlight(message, session)
      messages.release(message)
    }
    if identifiers.run != nil { keptIdentifiers.drop(identifiers) }
  }

  /// Sends what waits, as far as the window and the link allow.
  mutating func drainQueue(of session: Int, _ commands: inout CommandQueue) {
    guard let link = sessions[session].link else { return }
    if takesDeliveries(session) {
      if sessions[session].window.hasLeftBehind { takeUp(session, link, &commands) }
      while sendFirst(of: session, link, &commands) {}
    }
    if sessions[session].drainBudget != nil { noteDrained(session, link, &commands) }
  }

  /// Sends what waits longest, or gives it up; false when nothing waits or more cannot go out now.
  private mutating func sendFirst(
    of session: Int, _ link: LinkID, _ commands: inout CommandQueue
  ) -> Bool {
    guard let waiting = sessions[session].queue.first, takesDeliveries(session) else {
      return false
    }
    // [MQTT5-3.3.2-5]
    if messages.expiresAt(waiting.message) <= clock {
      statistics.publishesExpired &+= 1
      drop(waiting, of: session)
    } else if !mayReceive(waiting.message, session) {
      statistics.refusals &+= 1
      drop(waiting, of: session)
    } else {
      guard send(waiting, to: session, link, &commands) else { return false }
      if let budget = sessions[session].drainBudget { sessions[session].drainBudget = budget - 1 }
    }
    return true
  }

  /// Gives up what waits longest.
  mutating func drop(_ waiting: DeliveryQueue.Waiting, of session: Int) {
    popQueue(of: session)
    keptIdentifiers.drop(waiting.identifiers)
    messages.release(waiting.message)
  }

  /// Gives up what waits longest and is of no use any more.
  mutating func dropExpired(of session: Int) {
    while let waiting = sessions[session].queue.first,
      messages.expiresAt(waiting.message) <= clock
    {
      statistics.publishesExpired &+= 1
      drop(waiting, of: session)
    }
  }

  /// Sends what waits longest; false when the session cannot take it.
  private mutating func send(
    _ waiting: DeliveryQueue.Waiting, to session: Int, _ link: LinkID,
    _ commands: inout CommandQueue
  ) -> Bool {
    var id = PacketIdentifier.none
    let qos = min(waiting.qos, sessions[session].traits.maximumQoS)
    let identifiers = waiting.identifiers
    if qos != .atMostOnce {
      let limit = Int(sessions[session].traits.receiveMaximum)
      guard mayFly(waiting.message, qos, session),
        let next = sessions[session].window.push(
          waiting.message, qos, identifiers, flags: waiting.flags, limit: limit)
      else { return false }
      id = next
      // One reference for the window, and the queue's goes with the command.
      messages.retain(waiting.message)
      countInFlight(waiting.message, session)
    }
    popQueue(of: session)
    let start = commands.recipients.count
    commands.recipients.append(
      Recipient(
        link: link, packetID: id, qos: qos, flags: waiting.flags,
        identifiers: keptIdentifiers.show(identifiers, in: &commands)))
    if qos == .atMostOnce { keptIdentifiers.drop(identifiers) }
    finish(waiting.message, recipientsFrom: start, &commands)
    return true
  }

  private mutating func popQueue(of session: Int) {
    guard let waiting = sessions[session].queue.popFirst() else { return }
    statistics.waitingMessages -= 1
    sessions[session].queue.octets -= messages.payloadSize(of: waiting.message)
    if sessions[session].queue.isEmpty { sessions[session].isDropping = false }
  }

  // MARK: Octets in flight

  /// Whether the octets in flight let one more message go out.
  @inline(__always)
  func mayFly(_ message: MessageID, _ qos: QoS, _ session: Int) -> Bool {
    guard limits.inFlightOctets > 0, qos != .atMostOnce else { return true }
    let octets = sessions[session].inFlightOctets
    return octets == 0 || octets + messages.payloadSize(of: message) <= limits.inFlightOctets
  }

  @inline(__always)
  mutating func countInFlight(_ message: MessageID, _ session: Int) {
    guard limits.inFlightOctets > 0 else { return }
    sessions[session].inFlightOctets += messages.payloadSize(of: message)
  }

  @inline(__always)
  private mutating func forgetInFlight(_ message: MessageID, _ session: Int) {
    guard limits.inFlightOctets > 0 else { return }
    let octets = sessions[session].inFlightOctets - messages.payloadSize(of: message)
    sessions[session].inFlightOctets = max(octets, 0)
  }
}

import MQTTTerms
import SessionLink
import Slabs
import WireBytes

// What peers publish.
extension Broker {
  /// Takes in a message of `link`: what `handle` does with the event `publish`.
  public mutating func receive(
    _ publish: borrowing IncomingPublish, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    clock = now
    guard let session = session(of: link) else { return }
    if isJudged(publish) {
      if isTooDeep(publish.topic) { return eject(link, .topicNameInvalid, &commands) }
      if let reception = refusal(of: publish, from: session) {
        return refuse(publish, reception, session, link, &commands)
      }
    }
    switch publish.qos {
    case .atMostOnce: _ = accept(publish, from: session, &commands)
    case .atLeastOnce:
      // [MQTT-4.3.2-2] [MQTT5-4.3.2-4] responsibility for the message is taken before it is
      // acknowledged [MQTT-2.3.1-6], [MQTT-3.3.4-1] [MQTT5-3.3.4-1]; one that comes again is a new
      // one [MQTT5-4.3.2-5].
      let reception = accept(publish, from: session, &commands)
      commands.commands.append(.acknowledge(link, publish.packetID, reception))
    case .exactlyOnce: receiveOnce(publish, from: link, session, &commands)
    }
  }

  /// Accepts a QoS 2 message the first time and confirms it every time [MQTT-4.3.3-2]
  /// [MQTT5-4.3.3-8] [MQTT5-4.3.3-10] [MQTT5-4.3.3-12].
  private mutating func receiveOnce(
    _ publish: borrowing IncomingPublish, from link: LinkID, _ session: Int,
    _ commands: inout CommandQueue
  ) {
    var reception = Reception.accepted
    if !sessions[session].incoming.contains(publish.packetID) {
      guard hasRoom(forIncomingOf: session) else {
        return eject(link, .receiveMaximumExceeded, &commands)
      }
      sessions[session].incoming.insert(publish.packetID)
      reception = accept(publish, from: session, &commands)
    }
    commands.commands.append(.confirm(link, publish.packetID, reception))
  }

  /// Whether a client may have one more QoS 2 message on its way. One that has more than its Receive
  /// Maximum is closed where that is wanted, and else told of in the log [MQTT5-3.3.4-8].
  private mutating func hasRoom(forIncomingOf session: Int) -> Bool {
    let count = sessions[session].incoming.count
    let exceeds = count >= Int(limits.receiveMaximum)
    let isFull = count >= limits.incomingExactlyOnce
    guard exceeds || isFull else { return true }
    statistics.hit(.receiveMaximum)
    guard !isFull, !limits.enforcesReceiveMaximum else { return false }
    remark(on: session) { .exceeding($0) }
    return true
  }

  /// The peer releases a QoS 2 message [MQTT-4.3.3-2] [MQTT5-4.3.3-11], which may have expired
  /// meanwhile [MQTT5-4.3.3-13]: the identifier may be used again [MQTT5-4.3.3-12]. Answered even when it is not
  /// known, so that a peer whose PUBCOMP was lost comes to an end.
  mutating func released(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    let isKnown = sessions[session].incoming.remove(id)
    commands.commands.append(.complete(link, id, isKnown: isKnown))
  }

  /// The identifiers of the QoS 2 messages that the peer has begun to send may come again.
  mutating func forgetIncoming(of link: LinkID) {
    if let session = session(of: link) { sessions[session].incoming = IncomingIdentifiers() }
  }

  /// Publishes for the broker itself: its own status topics.
  public mutating func publish(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, commands: inout CommandQueue
  ) {
    let publish = IncomingPublish(
      topic: topic, payload: payload, qos: .exactlyOnce, isRetained: isRetained, packetID: .none)
    if isRetained { keep(publish, of: Identities.none) }
    _ = distribute(publish, from: nil, at: resolve(topic), &commands)
  }

  /// Takes a message in from a link without a session, as QoS −1 of MQTT-SN allows.
  public mutating func receiveAnonymous(
    _ publish: borrowing IncomingPublish, from sender: borrowing Sender, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    clock = now
    guard policy(0).allowsAnonymous || sender.isVouched, !isTooDeep(publish.topic),
      !isReserved(publish.topic)
    else {
      statistics.publishesDropped &+= 1
      return
    }
    let peer = Peer(clientID: Span(), userName: sender.userName, address: sender.address)
    guard policy(0).allows(.publish, publish.topic, for: peer) else {
      statistics.refusals &+= 1
      return remarkOnStranger(
        .denied(who(peer), .publish, topic: printable(publish.topic)))
    }
    if let reception = refusal(of: publish) {
      statistics.publishesDropped &+= 1
      return remarkOnStranger(
        .rejected(who(peer), reception, topic: printable(publish.topic)))
    }
    _ = accept(publish, from: nil, at: resolve(publish.topic), &commands)
  }

  /// Most peers publish on one topic: where it stood in the cache before is looked at first.
  private mutating func accept(
    _ publish: borrowing IncomingPublish, from session: Int, _ commands: inout CommandQueue
  ) -> Reception {
    let guess = Int(sessions[session].lastEntry)
    let entry = cache.holds(publish.topic, at: guess) ? guess : resolve(publish.topic)
    sessions[session].lastEntry = UInt32(truncatingIfNeeded: entry)
    return accept(publish, from: session, at: entry, &commands)
  }

  private mutating func accept(
    _ publish: borrowing IncomingPublish, from session: Int?, at entry: Int,
    _ commands: inout CommandQueue
  ) -> Reception {
    if isRequest(publish.topic) { return takeControl(publish, from: session) }
    statistics.publishesReceived &+= 1
    statistics.payloadReceived &+= UInt64(truncatingIfNeeded: publish.payload.count)
    // [MQTT-3.3.1-12] [MQTT5-3.3.1-8] the retained message stays as it is otherwise.
    if publish.isRetained { keep(publish, of: session.map { sessions[$0].identity }) }
    let isTaken = distribute(publish, from: session, at: entry, &commands)
    if keepsCertificates, isBirth(publish.topic) { certify(publish, &commands) }
    return isTaken ? .accepted : .withoutSubscribers
  }
}

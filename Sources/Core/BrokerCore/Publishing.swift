import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  /// Takes in a message of `link`: what `handle` does with the event `publish`.
  public mutating func receive(
    _ publish: borrowing IncomingPublish, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    if isTooDeep(publish.topic) { return eject(link, at: now, &commands) }
    switch publish.qos {
    case .atMostOnce: accept(publish, from: session, &commands)
    case .atLeastOnce:
      accept(publish, from: session, &commands)
      // [MQTT-4.3.2-2] responsibility for the message is taken before it is acknowledged
      // [MQTT-2.3.1-6], [MQTT-3.3.4-1].
      commands.commands.append(.acknowledge(link, publish.packetID))
    case .exactlyOnce: receiveOnce(publish, from: link, session, at: now, &commands)
    }
  }

  /// Accepts a QoS 2 message the first time and confirms it every time [MQTT-4.3.3-2].
  private mutating func receiveOnce(
    _ publish: borrowing IncomingPublish, from link: LinkID, _ session: Int, at now: LinkTime,
    _ commands: inout CommandQueue
  ) {
    if !sessions[session].incoming.contains(publish.packetID) {
      guard sessions[session].incoming.count < limits.incomingExactlyOnce else {
        return eject(link, at: now, &commands)
      }
      sessions[session].incoming.insert(publish.packetID)
      accept(publish, from: session, &commands)
    }
    commands.commands.append(.confirm(link, publish.packetID))
  }

  /// Closes a link whose peer asks for more than it may.
  private mutating func eject(
    _ link: LinkID, at now: LinkTime, _ commands: inout CommandQueue
  ) {
    commands.commands.append(.close(link, .protocolError))
    close(link, .lost, at: now, &commands)
  }

  /// The peer releases a QoS 2 message [MQTT-4.3.3-2]: the identifier may be used again. Answered
  /// even when it is not known, so that a peer whose PUBCOMP was lost comes to an end.
  mutating func released(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    sessions[session].incoming.remove(id)
    commands.commands.append(.complete(link, id))
  }

  /// Publishes for the broker itself: its own status topics.
  public mutating func publish(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, commands: inout CommandQueue
  ) {
    let publish = IncomingPublish(
      topic: topic, payload: payload, qos: .exactlyOnce, isRetained: isRetained, packetID: .none)
    if isRetained { keep(publish) }
    distribute(publish, at: resolve(topic), &commands)
  }

  /// Takes a message in from a link without a session, as QoS −1 of MQTT-SN allows.
  public mutating func receiveAnonymous(
    _ publish: borrowing IncomingPublish, commands: inout CommandQueue
  ) {
    if policy.allowsAnonymous, !isTooDeep(publish.topic) {
      accept(publish, at: resolve(publish.topic), &commands)
    }
  }

  /// Whether a topic has more levels than it may: each could cost a node of the tree.
  func isTooDeep(_ topic: Span<UInt8>) -> Bool {
    // A level takes an octet at least, with its separator.
    guard topic.count >= limits.topicLevels else { return false }
    var levels = 1
    for index in 0..<topic.count where topic[index] == 0x2F { levels += 1 }
    return levels > limits.topicLevels
  }

  /// Most peers publish on one topic: where it stood in the cache before is looked at first.
  private mutating func accept(
    _ publish: borrowing IncomingPublish, from session: Int, _ commands: inout CommandQueue
  ) {
    let guess = Int(sessions[session].lastEntry)
    let entry = cache.holds(publish.topic, at: guess) ? guess : resolve(publish.topic)
    sessions[session].lastEntry = UInt32(truncatingIfNeeded: entry)
    accept(publish, at: entry, &commands)
  }

  private mutating func accept(
    _ publish: borrowing IncomingPublish, at entry: Int, _ commands: inout CommandQueue
  ) {
    statistics.publishesReceived &+= 1
    statistics.payloadReceived &+= UInt64(truncatingIfNeeded: publish.payload.count)
    // [MQTT-3.3.1-12] the retained message stays as it is otherwise.
    if publish.isRetained { keep(publish) }
    distribute(publish, at: entry, &commands)
  }

  private mutating func distribute(
    _ publish: borrowing IncomingPublish, at entry: Int, _ commands: inout CommandQueue
  ) {
    let count = cache.count(entry)
    guard count > 0 else { return }
    let message = messages.insert(
      topic: publish.topic, payload: publish.payload, qos: publish.qos)
    deliver(message, publish.qos, toSubscribersOf: entry, count, &commands)
  }

  /// Sends a stored message on: the will of a lost client. Takes over its reference.
  mutating func distribute(stored message: MessageID, _ commands: inout CommandQueue) {
    let topic = messages.copyOfTopic(of: message)
    let entry = resolve(topic.span)
    let qos = messages.qos(of: message)
    deliver(message, qos, toSubscribersOf: entry, cache.count(entry), &commands)
  }

  private mutating func deliver(
    _ message: MessageID, _ qos: QoS, toSubscribersOf entry: Int, _ count: Int,
    _ commands: inout CommandQueue
  ) {
    let start = commands.recipients.count
    for k in 0..<count {
      let subscriber = cache.subscriber(entry, k)
      // [MQTT-3.8.4-6] the lower of the QoS published with and the QoS granted.
      let qos = subscriber.qos < qos ? subscriber.qos : qos
      // [MQTT-3.3.1-3], [MQTT-3.3.1-9], [MQTT-4.3.1-1] neither DUP nor RETAIN is handed on.
      deliver(message, qos, [], to: Int(subscriber.session), &commands)
    }
    finish(message, recipientsFrom: start, &commands)
  }

  /// Appends the command for the recipients added since `start`, or frees the message.
  mutating func finish(
    _ message: MessageID, recipientsFrom start: Int, _ commands: inout CommandQueue
  ) {
    let end = commands.recipients.count
    if end == start {
      messages.release(message)
    } else {
      let count = UInt64(truncatingIfNeeded: end - start)
      statistics.publishesSent &+= count
      statistics.payloadSent &+= count &* UInt64(messages.payloadSize(of: message))
      commands.commands.append(.deliver(message, to: Recipients(start: start, end: end)))
    }
  }

  /// Sends a message to one session now, or lets it wait there, or drops it.
  mutating func deliver(
    _ message: MessageID, _ qos: QoS, _ flags: DeliveryFlags, to session: Int,
    _ commands: inout CommandQueue
  ) {
    guard let recipient = sessions[session].recipient(of: message, qos, flags) else {
      return enqueue(message, qos, flags, session)
    }
    if qos != .atMostOnce { messages.retain(message) }
    commands.recipients.append(recipient)
  }

  /// Lets a message wait for one session, with a reference of its own, or drops it.
  mutating func enqueue(
    _ message: MessageID, _ qos: QoS, _ flags: DeliveryFlags, _ session: Int
  ) {
    let waits = qos != .atMostOnce || sessions[session].traits.queuesQoS0
    let isFull =
      limits.queuedMessages > 0
      && sessions[session].queue.count >= limits.queuedMessages
    guard waits, !isFull else {
      statistics.publishesDropped &+= 1
      if isFull { noteDropping(session) }
      return
    }
    messages.retain(message)
    // [MQTT-3.1.2-5], [MQTT-4.5.0-1]
    sessions[session].queue.append(.init(message: message, qos: qos, flags: flags))
  }

  /// Notes once that a session drops messages, until its queue has been empty.
  private mutating func noteDropping(_ session: Int) {
    guard !sessions[session].isDropping, let id = sessions.id(at: session) else { return }
    sessions[session].isDropping = true
    dropping.append(id)
  }

  /// `link` has taken a QoS 1 message: what `handle` does with the event `acknowledged`.
  public mutating func acknowledged(
    _ id: PacketIdentifier, from link: LinkID, commands: inout CommandQueue
  ) {
    settle(id, in: .awaitsAcknowledgement, from: link, &commands)
  }

  /// The peer has received a QoS 2 message [MQTT-4.3.3-1]: it will not get it again.
  mutating func received(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    if let message = sessions[session].window.receive(id) { messages.release(message) }
    commands.commands.append(.release(link, id))
  }

  /// The peer is done with a QoS 2 message.
  mutating func completed(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    settle(id, in: .awaitsCompletion, from: link, &commands)
  }

  /// Frees the identifier of a delivery that is in `phase`, and sends what waits for its place.
  private mutating func settle(
    _ id: PacketIdentifier, in phase: DeliveryPhase, from link: LinkID,
    _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link),
      case .settled(let message) = sessions[session].window.settle(id, in: phase)
    else { return }
    if let message { messages.release(message) }
    if !sessions[session].queue.isEmpty { drainQueue(of: session, &commands) }
  }

  /// Sends what waits, as far as the window and the link allow.
  mutating func drainQueue(of session: Int, _ commands: inout CommandQueue) {
    guard let link = sessions[session].link, !sessions[session].isPaused else { return }
    let limit = Int(sessions[session].traits.receiveMaximum)
    while let waiting = sessions[session].queue.first {
      var id = PacketIdentifier.none
      let qos = min(waiting.qos, sessions[session].traits.maximumQoS)
      if qos != .atMostOnce {
        guard let next = sessions[session].window.push(waiting.message, qos, limit: limit) else {
          return
        }
        id = next
        // One reference for the window, and the queue's goes with the command.
        messages.retain(waiting.message)
      }
      _ = sessions[session].queue.popFirst()
      if sessions[session].queue.isEmpty { sessions[session].isDropping = false }
      let start = commands.recipients.count
      commands.recipients.append(
        Recipient(link: link, packetID: id, qos: qos, flags: waiting.flags))
      finish(waiting.message, recipientsFrom: start, &commands)
    }
  }
}

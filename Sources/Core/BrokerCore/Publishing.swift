import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  mutating func receive(
    _ publish: borrowing IncomingPublish, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard session(of: link) != nil else { return }
    if isTooDeep(publish.topic) { return commands.commands.append(.close(link, .protocolError)) }
    accept(publish, &commands)
    // [MQTT-4.3.2-4] responsibility for the message is taken before it is acknowledged.
    if publish.qos != .atMostOnce { commands.commands.append(.acknowledge(link, publish.packetID)) }
  }

  /// Publishes for the broker itself: its own status topics.
  public mutating func publish(
    topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool, commands: inout CommandQueue
  ) {
    let publish = IncomingPublish(
      topic: topic, payload: payload, qos: .atMostOnce, isRetained: isRetained, packetID: .none)
    if isRetained { keep(publish) }
    distribute(publish, &commands)
  }

  /// Takes a message in from a link without a session, as QoS −1 of MQTT-SN allows.
  public mutating func receiveAnonymous(
    _ publish: borrowing IncomingPublish, commands: inout CommandQueue
  ) {
    if policy.allowsAnonymous, !isTooDeep(publish.topic) { accept(publish, &commands) }
  }

  /// Whether a topic has more levels than it may: each could cost a node of the tree.
  func isTooDeep(_ topic: Span<UInt8>) -> Bool {
    // A level takes an octet at least, with its separator.
    guard topic.count >= limits.topicLevels else { return false }
    var levels = 1
    for index in 0..<topic.count where topic[index] == 0x2F { levels += 1 }
    return levels > limits.topicLevels
  }

  private mutating func accept(
    _ publish: borrowing IncomingPublish, _ commands: inout CommandQueue
  ) {
    statistics.publishesReceived &+= 1
    statistics.payloadReceived &+= UInt64(truncatingIfNeeded: publish.payload.count)
    if publish.isRetained { keep(publish) }
    distribute(publish, &commands)
  }

  private mutating func distribute(
    _ publish: borrowing IncomingPublish, _ commands: inout CommandQueue
  ) {
    let entry = resolve(publish.topic)
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
      statistics.publishesSent &+= UInt64(truncatingIfNeeded: end - start)
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
      return
    }
    messages.retain(message)
    sessions[session].queue.append(.init(message: message, qos: qos, flags: flags))
  }

  mutating func acknowledge(
    _ id: PacketIdentifier, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link),
      let message = sessions[session].window.acknowledge(id)
    else { return }
    messages.release(message)
    if !sessions[session].queue.isEmpty { drainQueue(of: session, &commands) }
  }

  /// Sends what waits, as far as the window and the link allow.
  mutating func drainQueue(of session: Int, _ commands: inout CommandQueue) {
    guard let link = sessions[session].link, !sessions[session].isPaused else { return }
    let limit = Int(sessions[session].traits.receiveMaximum)
    while let waiting = sessions[session].queue.first {
      var id = PacketIdentifier.none
      if waiting.qos != .atMostOnce {
        guard let next = sessions[session].window.push(waiting.message, limit: limit) else {
          return
        }
        id = next
        // One reference for the window, and the queue's goes with the command.
        messages.retain(waiting.message)
      }
      _ = sessions[session].queue.popFirst()
      let start = commands.recipients.count
      commands.recipients.append(
        Recipient(link: link, packetID: id, qos: waiting.qos, flags: waiting.flags))
      finish(waiting.message, recipientsFrom: start, &commands)
    }
  }
}

import MQTTTerms
import SessionLink
import Slabs

// Messages on their way to the subscribers.
extension Broker {
  /// Hands a message to all subscribers; false when there are none [MQTT5 3.4.2.1].
  mutating func distribute(
    _ publish: borrowing IncomingPublish, from session: Int?, at entry: Int,
    _ commands: inout CommandQueue
  ) -> Bool {
    let count = cache.count(entry)
    guard count > 0 else { return false }
    let message = store(publish)
    let origin = Origin(session: session, isRetained: publish.isRetained)
    deliver(message, publish.qos, origin, toSubscribersOf: entry, count, &commands)
    return true
  }

  /// Copies a message in: its one copy. Its time begins to run [MQTT5-3.3.2-6].
  mutating func store(_ publish: borrowing IncomingPublish) -> MessageID {
    messages.insert(
      topic: publish.topic, payload: publish.payload, properties: publish.properties,
      qos: publish.qos, expiresAt: end(of: publish.expiry))
  }

  /// When something is over that lasts for `seconds` from now on.
  func end(of seconds: UInt32) -> LinkTime {
    seconds == .max ? .max : clock + UInt64(seconds) * 1000
  }

  /// Sends a stored message on: the will of a lost client. Takes over its reference.
  mutating func distribute(
    stored message: MessageID, from session: Int, isRetained: Bool,
    _ commands: inout CommandQueue
  ) {
    let topic = messages.copyOfTopic(of: message)
    let entry = resolve(topic.span)
    let origin = Origin(session: session, isRetained: isRetained)
    deliver(
      message, messages.qos(of: message), origin, toSubscribersOf: entry, cache.count(entry),
      &commands)
  }

  /// Hands a message to one session at QoS 0, if that has subscribed to the topic.
  mutating func distribute(
    _ publish: borrowing IncomingPublish, onlyTo session: Int, _ commands: inout CommandQueue
  ) {
    let entry = resolve(publish.topic)
    for k in 0..<cache.count(entry) {
      let subscriber = cache.subscriber(entry, k)
      guard Int(subscriber.session) == session, !subscriber.flags.contains(.isShare) else {
        continue
      }
      let message = store(publish)
      let start = commands.recipients.count
      let origin = Origin(session: nil, isRetained: false)
      deliver(message, .atMostOnce, origin, to: subscriber, entry, k, &commands)
      return finish(message, recipientsFrom: start, &commands)
    }
  }

  /// What a message's deliveries depend on apart from the message itself.
  struct Origin {
    /// The session that has published it.
    var session: Int?
    /// Whether it was published with RETAIN.
    var isRetained: Bool
  }

  private mutating func deliver(
    _ message: MessageID, _ qos: QoS, _ origin: Origin, toSubscribersOf entry: Int, _ count: Int,
    _ commands: inout CommandQueue
  ) {
    let start = commands.recipients.count
    let isPlain = !hasConditions
    for k in 0..<count {
      let subscriber = cache.subscriber(entry, k)
      if isPlain, subscriber.flags.isEmpty {
        // [MQTT-3.8.4-6] [MQTT5-3.8.4-8] the lower of the QoS published with and the QoS granted.
        let qos = subscriber.qos < qos ? subscriber.qos : qos
        // [MQTT-3.3.1-3], [MQTT-3.3.1-9], [MQTT-4.3.1-1] [MQTT5-3.3.1-3] [MQTT5-3.3.1-12]
        // [MQTT5-4.3.1-1] [MQTT5-4.3.2-2] [MQTT5-4.3.3-2] neither DUP nor RETAIN is handed on.
        deliver(message, qos, [], to: Int(subscriber.session), &commands)
      } else {
        deliver(message, qos, origin, to: subscriber, entry, k, &commands)
      }
    }
    finish(message, recipientsFrom: start, &commands)
  }

  /// Hands a message to one subscriber about whom there is something special.
  @inline(never)
  private mutating func deliver(
    _ message: MessageID, _ qos: QoS, _ origin: Origin, to listed: Subscriber, _ entry: Int,
    _ k: Int, _ commands: inout CommandQueue
  ) {
    run.removeAll()
    guard let subscriber = taker(of: message, origin, listed, entry, k) else { return }
    let session = Int(subscriber.session)
    guard mayReceive(message, session) else {
      statistics.refusals &+= 1
      return
    }
    // [MQTT5-3.3.4-3] [MQTT5-3.3.4-4] all of them, in one copy.
    let identifiers =
      run.count > 1
      ? commands.append(identifiers: run.span) : SubscriptionIdentifiers.one(subscriber.identifier)
    // [MQTT5-3.3.1-13]
    let isRetained = origin.isRetained && subscriber.flags.contains(.isRetainAsPublished)
    let lower = subscriber.qos < qos ? subscriber.qos : qos
    deliver(
      message, limits.upgradesQoS ? subscriber.qos : lower, isRetained ? .retained : [],
      identifiers, to: session, &commands)
  }

  /// Who takes a message in the end, and on which terms; its Subscription Identifiers, where there are
  /// several, go to `run`.
  private mutating func taker(
    of message: MessageID, _ origin: Origin, _ listed: Subscriber, _ entry: Int, _ k: Int
  ) -> Subscriber? {
    if listed.flags.contains(.isShare) {
      // [MQTT5-4.8.2-3] the terms are those of the member; only one gets it [MQTT5-4.8.2-4], in a
      // copy of its own [MQTT5-3.3.4-5].
      let member = nextMember(of: listed.session, for: message)
      if member == nil { statistics.refusals &+= 1 }
      return member
    }
    if Int(listed.session) == origin.session,
      !listed.flags.isDisjoint(with: [.isNoLocal, .isPartlyLocal])
    {
      // [MQTT5-3.8.3-3]
      guard listed.flags.contains(.isPartlyLocal) else { return nil }
      let topic = messages.copyOfTopic(of: message)
      return localSubscription(listed.session, to: topic.span)
    }
    if listed.flags.contains(.hasSeveralIdentifiers) {
      cache.appendIdentifiers(entry, k, to: &run)
    }
    return listed
  }

  /// Whether rules let a session have a message: asked at each delivery, since rights may end while
  /// the subscription goes on, or somebody else take the session up.
  func mayReceive(_ message: MessageID, _ session: Int) -> Bool {
    !hasRules || mayDo(.receive, messages.topic(of: message), session)
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
  @inline(__always)
  private mutating func deliver(
    _ message: MessageID, _ qos: QoS, _ flags: DeliveryFlags, to session: Int,
    _ commands: inout CommandQueue
  ) {
    guard let recipient = sessions[session].recipient(of: message, qos, flags) else {
      return enqueue(message, qos, flags, .none, session)
    }
    if qos != .atMostOnce { messages.retain(message) }
    commands.recipients.append(recipient)
  }

  /// The same for a message that comes by certain subscriptions, and where octets are counted.
  private mutating func deliver(
    _ message: MessageID, _ qos: QoS, _ flags: DeliveryFlags,
    _ identifiers: SubscriptionIdentifiers, to session: Int, _ commands: inout CommandQueue
  ) {
    let kept = qos == .atMostOnce ? .none : keptIdentifiers.keep(identifiers, of: commands)
    guard mayFly(message, qos, session),
      var recipient = sessions[session].recipient(of: message, qos, flags, kept: kept)
    else {
      let waiting = qos == .atMostOnce ? keptIdentifiers.keep(identifiers, of: commands) : kept
      return enqueue(message, qos, flags, waiting, session)
    }
    recipient.identifiers = identifiers
    if qos != .atMostOnce {
      messages.retain(message)
      countInFlight(message, session)
    }
    commands.recipients.append(recipient)
  }
}

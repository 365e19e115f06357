import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Slabs

// What the remote broker sends.
extension Bridge {
  /// So many recipients of what has come may wait before those have to be served.
  public static var recipientMark: Int { 1 << 16 }

  /// Takes octets of the remote broker, as far as packets are complete and there are not too many
  /// recipients of them yet; how many are done with.
  public mutating func receive<H: Hub & ~Copyable>(
    _ bytes: Span<UInt8>, hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) -> Int {
    clock = now
    var consumed = 0
    while phase == .calling || phase == .connected {
      if commands.recipients.count > Self.recipientMark { return consumed }
      let rest = bytes.extracting(consumed..<bytes.count)
      switch connection.receive(rest, consumed: &consumed, at: now) {
      case .needMore: return consumed
      case .publish(let publish): take(publish, &hub, &commands)
      case .acknowledged(let id):
        hub.handle(.acknowledged(id), from: link, at: now, commands: &commands)
      case .close(let reason): end(.peer(reason), &hub, &commands)
      case .further:
        guard receiveFurther(rest, &consumed, &hub, &commands) else { return consumed }
      }
    }
    // Nothing is wanted of a connection that has ended.
    return bytes.count
  }

  /// Takes a packet that comes seldom; false when there is none.
  private mutating func receiveFurther<H: Hub & ~Copyable>(
    _ bytes: Span<UInt8>, _ consumed: inout Int, _ hub: inout H, _ commands: inout CommandQueue
  ) -> Bool {
    switch connection.receiveFromServer(bytes, consumed: &consumed, at: clock) {
    case .needMore: return false
    case .answered(let connack): answered(connack, &hub, &commands)
    case .event(let event): hub.handle(event, from: link, at: clock, commands: &commands)
    case .subscribed(let suback):
      if !subscribed(suback) { end(.wrongAnswer("SUBACK"), &hub, &commands) }
    case .unsubscribed(let unsuback):
      if !unsubscribed(unsuback) { end(.wrongAnswer("UNSUBACK"), &hub, &commands) }
    case .pong: pongBy = nil
    case .left(let code): end(.left(code), &hub, &commands)
    case .close(let reason): end(.peer(reason), &hub, &commands)
    }
    return true
  }

  /// Publishes a message of the remote broker here, under the name that its topic has here.
  private mutating func take<H: Hub & ~Copyable>(
    _ publish: borrowing IncomingPublish, _ hub: inout H, _ commands: inout CommandQueue
  ) {
    usedAt = clock
    let isRetained = publish.isRetained && options.limits.isRetainAvailable
    switch table.rename(publish.topic, from: .remote, into: &name) {
    case .same where mayBePublished(publish.topic):
      let taken = IncomingPublish(publish, as: publish.topic, isRetained: isRetained)
      hub.handle(.publish(taken), from: link, at: clock, commands: &commands)
    case .renamed where mayBePublished(name.span):
      let taken = IncomingPublish(publish, as: name.span, isRetained: isRetained)
      hub.handle(.publish(taken), from: link, at: clock, commands: &commands)
    case .same, .renamed, .unmapped, .invalid: drop(publish)
    }
  }

  /// Whether a remote broker may publish that here: nothing that changes the broker itself, and
  /// nothing that would close the session.
  private func mayBePublished(_ topic: Span<UInt8>) -> Bool {
    !isControlTopic(topic) && isTopicFilter(topic, levelLimit: options.topicLevels)
  }

  /// Answers a message that is not taken, so that it does not come again.
  private mutating func drop(_ publish: borrowing IncomingPublish) {
    if mayNoteDropped { noteDropped(.dropped(topic: printable(publish.topic))) }
    let packetID = publish.packetID
    switch publish.qos {
    case .atMostOnce: break
    case .atLeastOnce: answer(.puback, packetID, .notAuthorized)
    case .exactlyOnce: answer(.pubrec, packetID, .notAuthorized)
    }
  }

  /// Whether it is told of a message that gets lost, once in ten seconds: a remote broker could fill the
  /// log else.
  var mayNoteDropped: Bool { clock >= quietUntil }

  mutating func noteDropped(_ what: BridgeNotice) {
    quietUntil = clock + 10_000
    notice(what)
  }

  mutating func answer(
    _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier, _ reception: Reception
  ) {
    let version = options.version
    send(room: OutboundPackets.answerSize) { (output) throws(CodecError) in
      try OutboundPackets.encode(kind, packetID, reception, version, into: &output)
    }
  }

  mutating func answer(
    _ kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier, isKnown: Bool
  ) {
    let version = options.version
    send(room: OutboundPackets.answerSize) { (output) throws(CodecError) in
      try OutboundPackets.encode(kind, packetID, isKnown: isKnown, version, into: &output)
    }
  }
}

extension IncomingPublish {
  /// The same message on another topic.
  @_lifetime(copy publish, copy topic)
  fileprivate init(
    _ publish: borrowing IncomingPublish, as topic: Span<UInt8>, isRetained: Bool
  ) {
    self.init(
      topic: topic, payload: publish.payload, qos: publish.qos, isRetained: isRetained,
      packetID: publish.packetID, properties: publish.properties, expiry: publish.expiry,
      isText: publish.isText)
  }
}

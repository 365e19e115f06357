import MQTTTerms
import SessionLink
import WireBytes

/// Where bridges of others say whether they are connected.
private let bridgeStates: StaticString = "$SYS/broker/connection/+/state"

// Whether a peer may do what it asks for.
extension Broker {
  /// Whether a message needs more than a glance.
  @inline(__always)
  func isJudged(_ publish: borrowing IncomingPublish) -> Bool {
    hasConditions || publish.topic.count >= limits.topicLevels || publish.topic.isEmpty
      || publish.topic[0] == 0x24
  }

  /// Whether limits or rules look at every message.
  var judgesEverything: Bool {
    hasRules || limits.messageOctets > 0 || limits.heldOctets > 0
      || limits.checksPayloadFormat
  }

  /// Why a message is not taken.
  mutating func refusal(
    of publish: borrowing IncomingPublish, from session: Int
  ) -> Reception? {
    guard !isReserved(publish.topic), mayDo(.publish, publish.topic, session) else {
      return .notAuthorized
    }
    if isTooMuch(publish) { return .quotaExceeded }
    return refusal(of: publish)
  }

  /// Why a message is not taken, whoever sends it.
  mutating func refusal(of publish: borrowing IncomingPublish) -> Reception? {
    if limits.messageOctets > 0, publish.payload.count > limits.messageOctets {
      statistics.hit(.messageOctets)
      return .tooLarge
    }
    if limits.checksPayloadFormat, publish.isText, !isWellFormedUTF8(publish.payload) {
      return .payloadFormatInvalid
    }
    return isFull(for: publish) ? .quotaExceeded : nil
  }

  /// Whether there is no room for another message. An empty one may make room.
  private mutating func isFull(for publish: borrowing IncomingPublish) -> Bool {
    guard limits.heldOctets > 0, !publish.payload.isEmpty,
      heldOctets + publish.payload.count > limits.heldOctets
    else { return false }
    statistics.hit(.heldOctets)
    return true
  }

  /// Octets of all messages that are held, of the places in queues, and of what is kept beside them.
  public var heldOctets: Int {
    messages.byteCount + keptIdentifiers.octets + statistics.waitingMessages
      * MemoryLayout<DeliveryQueue.Waiting>.stride
  }

  /// Answers a message that is not taken [MQTT-3.3.5-2].
  mutating func refuse(
    _ publish: borrowing IncomingPublish, _ reception: Reception, _ session: Int, _ link: LinkID,
    _ commands: inout CommandQueue
  ) {
    statistics.publishesDropped &+= 1
    if reception == .notAuthorized {
      deny(.publish, publish.topic, session)
    } else if isHeard(session) {
      let topic = printable(publish.topic)
      remark(on: session) { .rejected($0, reception, topic: topic) }
    }
    switch publish.qos {
    case .atMostOnce:
      guard sessions[session].traits.hearsRefusalsAtQoS0 else { return }
      commands.commands.append(.acknowledge(link, .none, reception))
    case .atLeastOnce:
      commands.commands.append(.acknowledge(link, publish.packetID, reception))
    case .exactlyOnce:
      // One that was taken before stays taken.
      let isKnown = sessions[session].incoming.contains(publish.packetID)
      if !isKnown, !refusalsEndDeliveries(session) {
        sessions[session].incoming.insert(publish.packetID)
      }
      commands.commands.append(
        .confirm(link, publish.packetID, isKnown ? .accepted : reception))
    }
  }

  /// Whether the peer hears of a refusal, so that its QoS 2 delivery ends there [MQTT5-4.3.3-9].
  private func refusalsEndDeliveries(_ session: Int) -> Bool {
    sessions[session].traits.hearsReasons
      || sessions[session].incoming.count >= limits.incomingExactlyOnce
  }

  /// Whether rules let a session do that.
  func mayDo(_ access: Access, _ topic: Span<UInt8>, _ session: Int) -> Bool {
    mayDo(access, topic, by: sessions[session].identity)
  }

  /// Whether rules let somebody do that who is connected, or was.
  func mayDo(_ access: Access, _ topic: Span<UInt8>, by identity: IdentityID) -> Bool {
    guard hasRules else { return true }
    guard let rules = policies[policyIndex(identities.policy(identity))].rules else { return true }
    let peer = identities.peer(identity)
    return peer.isTrusted || rules.allows(access, topic, for: peer)
  }

  /// The policy of that number.
  func policy(_ number: UInt16) -> AccessPolicy { policies[policyIndex(number)] }

  private func policyIndex(_ number: UInt16) -> Int {
    Int(number) < policies.count ? Int(number) : 0
  }

  /// Counts and tells that a session may not do that.
  mutating func deny(_ access: Access, _ topic: Span<UInt8>, _ session: Int) {
    statistics.refusals &+= 1
    guard isHeard(session) else { return }
    let topic = printable(topic)
    remark(on: session) { .denied($0, access, topic: topic) }
  }

  /// Whether a topic is the broker's own: only the broker publishes below `$SYS`, apart from bridges
  /// of others, which say there that they are connected, and where it keeps certificates.
  func isReserved(_ topic: Span<UInt8>) -> Bool {
    if keepsCertificates, isCertificate(topic) { return true }
    return isSystemTopic(topic) && !isBridgeState(topic)
  }

  private func isBridgeState(_ topic: Span<UInt8>) -> Bool {
    bridgeStates.withUTF8Buffer { filter in
      topicMatches(filter: Span(_unsafeElements: filter), name: topic)
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

  /// Closes a link whose peer asks for more than it may.
  mutating func eject(
    _ link: LinkID, _ ejection: Ejection, _ commands: inout CommandQueue
  ) {
    if ejection == .topicNameInvalid { statistics.hit(.topicLevels) }
    if let session = session(of: link) {
      remark(.closed(who(sessions[session].identity), ejection))
    }
    commands.commands.append(.close(link, ejection))
    close(link, .lost, &commands)
  }
}

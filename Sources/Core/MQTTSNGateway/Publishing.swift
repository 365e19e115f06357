import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.6], [SN 6.8] messages of nodes.
extension Gateway {
  /// A PUBLISH from a node's address.
  @_lifetime(&self, copy publish)
  mutating func publish(_ publish: Publish, from index: Int) -> GatewayStep {
    guard let qos = publish.qos.qos else {
      return publishWithoutConnection(publish, from: nodes[index].address, index)
    }
    guard nodes[index].phase.isConnected, let link = nodes[index].link else { return .none }
    // [SN 5.3.10] an error is answered at any QoS.
    if let code = refusal(of: publish, qos, from: index) {
      answer(publish, code, to: index)
      return .none
    }
    if qos != .atMostOnce {
      // Repeated before the hub has answered: one answer is on its way.
      if nodes[index].requests.contains(.publish, publish.messageID) { return .none }
      nodes[index].requests.insert(.publish, publish.messageID, publish.topic)
    } else {
      nodes[index].lastTopic = publish.topic
    }
    counters.publishesReceived &+= 1
    nodes[index].counters.publishesReceived &+= 1
    nodes[index].lastReading.removeAll()
    try? nodes[index].lastReading.assign(publish.payload)
    return .event(link, .publish(incoming(publish, qos, from: index)))
  }

  /// [SN 6.8] QoS −1: from anybody, never answered. A normal id has no meaning there.
  @_lifetime(&self, copy publish)
  mutating func publishWithoutConnection(
    _ publish: Publish, from address: NodeAddress, _ index: Int?
  ) -> GatewayStep {
    let owner = sender(at: address, index)
    guard options.allowsPublishWithoutConnection, owner != nil || knownNodes.unlisted != .refused
    else {
      refuseWithoutConnection(at: address)
      return .none
    }
    guard publish.topic.type != .normal, isKnown(publish.topic, to: index) else { return .none }
    counters.publishesReceived &+= 1
    var userName: Span<UInt8>?
    if let owner { userName = unbound(knownNodes.userName(at: owner)) }
    let sender = Sender(
      userName: userName, address: PeerAddress(address),
      isVouched: owner != nil || knownNodes.unlisted == .allowed)
    return .anonymous(incoming(publish, .atMostOnce, from: index), sender)
  }

  /// [SN 6.8] in silence, but not unseen: somebody may look for it in vain.
  private mutating func refuseWithoutConnection(at address: NodeAddress) {
    counters.publishesRefused &+= 1
    if options.allowsPublishWithoutConnection, unlistedSeen.insert(address) {
      notice(.unlisted, at: address, clientID: Span())
    }
  }

  /// The listed node that a message of QoS −1 is of: the one that is connected from there, or the one
  /// whose place it is.
  private func sender(at address: NodeAddress, _ index: Int?) -> Int? {
    if let index, nodes[index].phase.isConnected,
      case .listed(let entry) = knownNodes.standing(of: nodes[index].clientID.span, at: address)
    {
      return entry
    }
    return knownNodes.owner(of: address)
  }

  /// The hub has taken responsibility for a QoS 1 message, or refuses one of QoS 0 or 1.
  mutating func acknowledge(
    _ messageID: PacketIdentifier, _ reception: Reception, to index: Int
  ) {
    // [SN 6.6] what is refused at QoS 0 has MsgId 0.
    let isQoS0 = messageID.isNone && reception.isRefusal
    guard
      let topic = nodes[index].requests.remove(.publish, messageID)
        ?? (isQoS0 ? nodes[index].lastTopic : nil)
    else { return }
    // [SN 6.6] the TopicId field as it was in the PUBLISH, octet by octet.
    let answer = Puback(
      topicID: topic.rawValue, messageID: messageID, returnCode: ReturnCode(reception))
    send(answer, to: index)
  }

  private func refusal(of publish: Publish, _ qos: QoS, from index: Int) -> ReturnCode? {
    guard isKnown(publish.topic, to: index) else { return .invalidTopicID }
    let isFull = nodes[index].requests.isFull
    let isRepeated = nodes[index].requests.contains(.publish, publish.messageID)
    return qos != .atMostOnce && isFull && !isRepeated ? .congestion : nil
  }

  private mutating func answer(_ publish: Publish, _ code: ReturnCode, to index: Int) {
    let answer = Puback(
      topicID: publish.topic.rawValue, messageID: publish.messageID, returnCode: code)
    send(answer, to: index)
  }

  /// [SN 6.5] whether a topic means something; a normal id belongs to its client alone.
  func isKnown(_ topic: TopicReference, to index: Int?) -> Bool {
    switch topic {
    case .normal(let id):
      guard let index else { return false }
      return nodes[index].topics.contains(id)
    case .predefined(let id): return position(of: id, for: index) != nil
    case .short: return isTopicName(topic.octets.span)
    }
  }

  private func position(of id: UInt16, for index: Int?) -> Int? {
    guard let index else { return predefinedTopics.position(of: id, clientID: Span()) }
    return predefinedTopics.position(of: id, clientID: nodes[index].clientID.span)
  }

  /// The name behind a topic; empty for one that is not known.
  @_lifetime(&self)
  mutating func name(of topic: TopicReference, for index: Int?) -> Span<UInt8> {
    switch topic {
    case .normal(let id):
      if let index, let name = nodes[index].topics.name(of: id) {
        return unbound(name)
      }
    case .predefined(let id):
      if let position = position(of: id, for: index) {
        return unbound(predefinedTopics.name(at: position))
      }
    case .short:
      shortName.removeAll()
      shortName.append(contentsOf: topic.octets.span)
      return unbound(shortName.span)
    }
    return Span()
  }

  @_lifetime(&self, copy publish)
  private mutating func incoming(
    _ publish: Publish, _ qos: QoS, from index: Int?
  ) -> IncomingPublish {
    IncomingPublish(
      topic: name(of: publish.topic, for: index), payload: publish.payload, qos: qos,
      isRetained: publish.isRetained,
      packetID: qos == .atMostOnce ? .none : publish.messageID)
  }
}

extension ReturnCode {
  /// What a node is told of its message.
  init(_ reception: Reception) {
    switch reception {
    case .accepted, .withoutSubscribers: self = .accepted
    case .quotaExceeded: self = .congestion
    case .notAuthorized, .tooLarge, .payloadFormatInvalid: self = .notSupported
    }
  }
}

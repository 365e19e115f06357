import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.9] subscriptions of nodes.
extension Gateway {
  /// A node subscribes. What cannot be granted is refused, never passed over.
  @_lifetime(&self, copy subscribe)
  mutating func subscribe(_ subscribe: Subscribe, from index: Int) -> GatewayStep {
    guard let link = nodes[index].link else { return .none }
    // Repeated before the hub has answered: one answer is on its way.
    if nodes[index].requests.contains(.subscribe, subscribe.messageID) { return .none }
    let topic = subscribedTopic(subscribe.topic, for: index)
    let code = nodes[index].requests.isFull ? .congestion : topic.code
    guard code.isAccepted else {
      answerSubscribe(subscribe.messageID, .atMostOnce, topicID: 0, code, to: index)
      return .none
    }
    nodes[index].requests.insert(.subscribe, subscribe.messageID, topic.reference)
    let request = SubscriptionRequest(
      filter: filter(subscribe.topic, for: index), qos: subscribe.qos,
      packetID: subscribe.messageID, isLast: true)
    return .event(link, .subscribe(request))
  }

  /// A node unsubscribes. UNSUBACK cannot refuse [SN 7.7].
  @_lifetime(&self, copy unsubscribe)
  mutating func unsubscribe(_ unsubscribe: Unsubscribe, from index: Int) -> GatewayStep {
    guard let link = nodes[index].link, isMeaningful(unsubscribe.topic, for: index) else {
      send(Unsuback(messageID: unsubscribe.messageID), to: index)
      return .none
    }
    let request = UnsubscriptionRequest(
      filter: filter(unsubscribe.topic, for: index), packetID: unsubscribe.messageID,
      isLast: true)
    return .event(link, .unsubscribe(request))
  }

  /// The hub has answered a subscription.
  mutating func subscribed(_ messageID: PacketIdentifier, _ grant: GrantCode, to index: Int) {
    guard let topic = nodes[index].requests.remove(.subscribe, messageID) else { return }
    guard let qos = QoS(rawValue: grant.rawValue) else {
      // [SN 7.13] it may try again when it has fewer subscriptions.
      let code: ReturnCode = grant == .quotaExceeded ? .congestion : .notSupported
      return answerSubscribe(messageID, .atMostOnce, topicID: 0, code, to: index)
    }
    // The node knows its own id from the SUBACK.
    if case .normal(let id) = topic { nodes[index].topics.setKnown(id, true) }
    // [SN 5.4.16] a short name needs no id.
    let topicID = topic.type == .short ? 0 : topic.rawValue
    answerSubscribe(messageID, qos, topicID: topicID, .accepted, to: index)
  }

  /// The hub has ended a subscription.
  mutating func unsubscribed(_ messageID: PacketIdentifier, to index: Int) {
    send(Unsuback(messageID: messageID), to: index)
  }

  /// [SN 5.4.16] the id that the SUBACK tells (0 for a filter with a wildcard), or why there is
  /// none.
  private mutating func subscribedTopic(
    _ topic: SubscriptionTopic, for index: Int
  ) -> (reference: TopicReference, code: ReturnCode) {
    switch topic {
    case .name(let filter) where hasWildcard(filter): return (.normal(0), .accepted)
    case .name(let name):
      let id = assignID(to: name, for: index)
      return (.normal(id ?? 0), id == nil ? .congestion : .accepted)
    case .predefined(let id):
      let isKnown = isKnown(.predefined(id), to: index)
      return (.predefined(id), isKnown ? .accepted : .invalidTopicID)
    case .short(let octets): return (.short(octets), .accepted)
    case .malformed: return (.short(0), .notSupported)
    }
  }

  private mutating func answerSubscribe(
    _ messageID: PacketIdentifier, _ qos: QoS, topicID: UInt16, _ code: ReturnCode, to index: Int
  ) {
    let answer = Suback(qos: qos, topicID: topicID, messageID: messageID, returnCode: code)
    send(answer, to: index)
  }

  private func isMeaningful(_ topic: SubscriptionTopic, for index: Int) -> Bool {
    switch topic {
    case .name, .short: true
    case .predefined(let id): isKnown(.predefined(id), to: index)
    case .malformed: false
    }
  }

  /// The Topic Filter that a request names.
  @_lifetime(&self, copy topic)
  private mutating func filter(_ topic: SubscriptionTopic, for index: Int) -> Span<UInt8> {
    switch topic {
    case .name(let filter): return filter
    case .predefined(let id): return name(of: .predefined(id), for: index)
    case .short(let octets): return name(of: .short(octets), for: index)
    case .malformed: return Span()
    }
  }
}

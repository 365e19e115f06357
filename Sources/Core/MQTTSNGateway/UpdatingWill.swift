import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.4] WILLTOPICUPD and WILLMSGUPD: the hub is the broker, so they take effect.
extension Gateway {
  /// A node has another will topic, or no will any more.
  @_lifetime(&self, copy update)
  mutating func updateWill(_ update: WillTopicUpdate, from index: Int) -> GatewayStep {
    let topic = update.willTopic
    if !topic.isNoWill {
      guard isTopicName(topic.topicName),
        topic.topicName.count <= options.limits.topicOctetsPerNode
      else {
        send(WillTopicResponse(returnCode: .notSupported), to: index)
        return .none
      }
    }
    guard let link = startWillUpdate(.willTopic, of: index) else { return .none }
    if topic.isNoWill { return .event(link, .updateWill(.none)) }
    return .event(
      link,
      .updateWill(.topic(topic.topicName, topic.qos, isRetained: topic.isRetained)))
  }

  /// A node has another will message.
  @_lifetime(&self, copy update)
  mutating func updateWill(_ update: WillMessageUpdate, from index: Int) -> GatewayStep {
    guard let link = startWillUpdate(.willMessage, of: index) else { return .none }
    return .event(link, .updateWill(.message(update.payload)))
  }

  /// Notes the request; nothing when it is repeated before the hub has answered.
  private mutating func startWillUpdate(_ kind: RequestTable.Kind, of index: Int) -> LinkID? {
    guard let link = nodes[index].link, !nodes[index].requests.isFull,
      !nodes[index].requests.contains(.willTopic, .none),
      !nodes[index].requests.contains(.willMessage, .none)
    else { return nil }
    nodes[index].requests.insert(kind, .none, .short(0))
    return link
  }

  /// The hub has changed the will, or not.
  mutating func willUpdated(_ reception: Reception, to index: Int) {
    let code = ReturnCode(reception)
    if nodes[index].requests.remove(.willTopic, .none) != nil {
      send(WillTopicResponse(returnCode: code), to: index)
    } else if nodes[index].requests.remove(.willMessage, .none) != nil {
      send(WillMessageResponse(returnCode: code), to: index)
    }
  }
}

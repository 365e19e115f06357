import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.2] the will dialogue: WILLTOPICREQ, WILLTOPIC, WILLMSGREQ, WILLMSG.
extension Gateway {
  /// [SN 6.2] WILLTOPIC: an empty one means that there is no will after all.
  @_lifetime(&self)
  mutating func willTopic(
    _ topic: WillTopic, from index: Int, links: inout LinkTable
  ) -> GatewayStep {
    guard nodes[index].phase.isWillDialogue else { return .none }
    if topic.isNoWill {
      nodes[index].phase = .opening
      nodes[index].will.isDeclined = true
      return open(index, will: Span(), links: &links)
    }
    guard isTopicName(topic.topicName), topic.topicName.count <= options.limits.topicOctetsPerNode
    else {
      giveUp(index, .notSupported, links: &links)
      return .none
    }
    nodes[index].will.name(topic.topicName)
    nodes[index].will.qos = topic.qos
    nodes[index].will.isRetained = topic.isRetained
    nodes[index].phase = .willMessageAsked
    awaitDialogue(of: index)
    send(WillMessageRequest(), to: index)
    return .none
  }

  /// [SN 6.2] WILLMSG: the last step before the session.
  @_lifetime(&self, copy message)
  mutating func willMessage(
    _ message: WillMessage, from index: Int, links: inout LinkTable
  ) -> GatewayStep {
    switch nodes[index].phase {
    case .willMessageAsked:
      nodes[index].phase = .opening
      return open(index, will: message.payload, links: &links)
    case .active:
      // Our CONNACK was lost.
      if !nodes[index].hasSpoken { send(Connack(returnCode: .accepted), to: index) }
      return .none
    case .willTopicAsked, .opening, .asleep, .awake: return .none
    }
  }

  @_lifetime(&self)
  mutating func startDialogue(of index: Int, links: inout LinkTable) -> GatewayStep {
    guard nodes[index].setup.hasWill else { return open(index, will: Span(), links: &links) }
    nodes[index].phase = .willTopicAsked
    nodes[index].will = WillDraft()
    awaitDialogue(of: index)
    send(WillTopicRequest(), to: index)
    return .none
  }

  /// [SN 6.2] a half-done dialogue ends when the client has had all its retries.
  mutating func awaitDialogue(of index: Int) {
    let patience = options.retryInterval * (UInt64(options.retryLimit) + 1)
    nodes[index].dialogueDeadline = now + patience
    timers.call(index, at: now + patience)
  }
}

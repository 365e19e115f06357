import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  mutating func subscribe(
    _ request: borrowing SubscriptionRequest, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    // [MQTT-3.9.3-1]
    commands.append(code: grant(request, to: session))
    guard request.isLast else { return }
    // [MQTT-3.8.4-1], [MQTT-3.8.4-4], [MQTT-3.8.4-5] one SUBACK, one code for each filter;
    // [MQTT-2.3.1-7], [MQTT-3.8.4-2] under the identifier of the request.
    commands.appendSubscribed(link, request.packetID)
  }

  private mutating func grant(
    _ request: borrowing SubscriptionRequest, to session: Int
  ) -> GrantCode {
    guard isTopicFilter(request.filter, levelLimit: limits.topicLevels),
      sessions[session].subscriptions.count < limits.subscriptionsPerSession,
      !isReplayingTooMuch(to: session)
    else { return .failure }
    let qos = min(request.qos, sessions[session].traits.maximumQoS)
    let node = tree.make(request.filter)
    // [MQTT-3.8.4-3] the same filter again replaces the subscription.
    if tree.subscribe(UInt32(truncatingIfNeeded: session), qos, at: node) {
      sessions[session].subscriptions.append(node)
      statistics.subscriptions += 1
    } else {
      cancelReplay(of: session, at: node)
    }
    startReplay(of: request.filter, at: node, qos, to: session)
    cache.invalidate()
    return .granted(qos)
  }

  mutating func unsubscribe(
    _ request: borrowing UnsubscriptionRequest, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    // [MQTT-3.10.4-1] filters are compared octet by octet.
    let node = tree.find(request.filter)
    if node != 0 {
      cancelReplay(of: session, at: node)
      endSubscription(of: session, at: node)
    }
    // [MQTT-3.10.4-4], [MQTT-3.10.4-6] one UNSUBACK; [MQTT-3.10.4-5] even when nothing matched.
    if request.isLast { commands.commands.append(.unsubscribed(link, request.packetID)) }
  }

  private mutating func endSubscription(of session: Int, at node: TopicNode) {
    // [MQTT-3.10.4-2]
    guard tree.unsubscribe(UInt32(truncatingIfNeeded: session), at: node) else { return }
    for k in 0..<sessions[session].subscriptions.count
    where sessions[session].subscriptions[k] == node {
      _ = sessions[session].subscriptions.swapRemove(at: k)
      break
    }
    statistics.subscriptions -= 1
    cache.invalidate()
  }

  /// Ends all subscriptions of a session.
  mutating func endSubscriptions(of session: Int) {
    guard !sessions[session].subscriptions.isEmpty else { return }
    while let node = sessions[session].subscriptions.popLast() {
      _ = tree.unsubscribe(UInt32(truncatingIfNeeded: session), at: node)
      statistics.subscriptions -= 1
    }
    cache.invalidate()
  }
}

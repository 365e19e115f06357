import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  mutating func subscribe(
    _ request: borrowing SubscriptionRequest, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    // [MQTT-3.9.3-1] [MQTT5-3.9.3-1]
    commands.append(code: grant(request, to: session))
    guard request.isLast else { return }
    // [MQTT-3.8.4-1], [MQTT-3.8.4-4], [MQTT-3.8.4-5] one SUBACK, one code for each filter
    // [MQTT5-3.8.4-1], [MQTT5-3.8.4-5], [MQTT5-3.8.4-6];
    // [MQTT-2.3.1-7], [MQTT-3.8.4-2] [MQTT5-2.2.1-6] [MQTT5-3.8.4-2] under the identifier of the
    // request.
    commands.appendSubscribed(link, request.packetID)
  }

  private mutating func grant(
    _ request: borrowing SubscriptionRequest, to session: Int
  ) -> GrantCode {
    guard let shared = SharedFilter(request.filter),
      isTopicFilter(shared.filter, levelLimit: limits.topicLevels)
    else { return .filterInvalid }
    guard mayDo(.subscribe, shared.filter, session) else {
      deny(.subscribe, shared.filter, session)
      return .notAuthorized
    }
    guard mayHaveMore(session) || isSubscribed(session, to: shared),
      !isReplayingTooMuch(to: session)
    else {
      statistics.hit(.subscriptions)
      return .quotaExceeded
    }
    // [MQTT5-3.8.4-7], [MQTT5-3.8.4-8] a lower QoS than was asked for is told; what clients may
    // publish with does not matter [MQTT5-3.2.2-10].
    let qos = min(request.terms.qos, sessions[session].traits.maximumQoS)
    let subscriber = Subscriber(session: slot(session), qos, request.terms)
    if shared.isShared {
      subscribe(shared, subscriber)
    } else {
      subscribe(request, subscriber)
    }
    cache.invalidate()
    if remarksOnSubscriptions {
      remark(.subscribed(who(session), qos, filter: printable(request.filter)))
    }
    return .granted(qos)
  }

  private func mayHaveMore(_ session: Int) -> Bool {
    sessions[session].subscriptions.count < limits.subscriptionsPerSession
  }

  /// Whether a session has that subscription, so that it is only replaced.
  private func isSubscribed(_ session: Int, to shared: borrowing SharedFilter) -> Bool {
    let node = tree.find(shared.filter)
    guard node != 0 else { return false }
    var name = TopicTree.noShare
    if shared.isShared {
      guard let share = share(named: shared.shareName, at: node) else { return false }
      name = share
    }
    for k in 0..<sessions[session].subscriptions.count {
      let other = sessions[session].subscriptions[k]
      if other.node == node, other.share == name { return true }
    }
    return false
  }

  private func slot(_ session: Int) -> UInt32 { UInt32(truncatingIfNeeded: session) }

  private mutating func subscribe(
    _ request: borrowing SubscriptionRequest, _ subscriber: Subscriber
  ) {
    let session = Int(subscriber.session)
    let node = tree.make(request.filter)
    // [MQTT-3.8.4-3] [MQTT5-3.8.4-3] the same filter again replaces the subscription.
    let isNew = tree.subscribe(subscriber, at: node)
    if isNew {
      sessions[session].subscriptions.append(.init(node: node, share: TopicTree.noShare))
      noteSubscribed(node)
    }
    // [MQTT5-3.3.1-9], [MQTT5-3.3.1-10], [MQTT5-3.3.1-11]; what the subscription of before is still
    // to get is not lost [MQTT5-3.8.4-4].
    switch request.terms.retained {
    case .always:
      if !isNew { cancelReplay(of: session, at: node) }
      startReplay(of: request.filter, at: node, subscriber)
    case .ifNew: if isNew { startReplay(of: request.filter, at: node, subscriber) }
    case .never: break
    }
  }

  /// A shared subscription starts without retained messages [MQTT5 4.8.2].
  private mutating func subscribe(_ shared: borrowing SharedFilter, _ subscriber: Subscriber) {
    let node = tree.make(shared.filter)
    let (share, isNew) = join(shared.shareName, at: node, subscriber)
    guard isNew else { return }
    sessions[Int(subscriber.session)].subscriptions.append(.init(node: node, share: share))
    noteSubscribed(node)
  }

  private mutating func noteSubscribed(_ node: TopicNode) {
    statistics.subscriptions += 1
    if watches(node) { watchers += 1 }
  }

  mutating func unsubscribe(
    _ request: borrowing UnsubscriptionRequest, from link: LinkID, _ commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    // [MQTT5-3.11.3-1] in the order of the filters.
    commands.append(code: unsubscribe(request.filter, session))
    if remarksOnSubscriptions {
      remark(.unsubscribed(who(session), filter: printable(request.filter)))
    }
    // [MQTT-3.10.4-4], [MQTT-3.10.4-6] [MQTT5-3.10.4-4] [MQTT5-3.10.4-6] one UNSUBACK, under the
    // request's identifier [MQTT5-2.2.1-6]; [MQTT-3.10.4-5] [MQTT5-3.10.4-5] even when nothing
    // matched.
    if request.isLast { commands.appendUnsubscribed(link, request.packetID) }
  }

  private mutating func unsubscribe(_ filter: Span<UInt8>, _ session: Int) -> GrantCode {
    guard let shared = SharedFilter(filter) else { return .filterInvalid }
    guard mayDo(.unsubscribe, shared.filter, session) else {
      deny(.unsubscribe, shared.filter, session)
      return .notAuthorized
    }
    // [MQTT-3.10.4-1] [MQTT5-3.10.4-1] filters are compared octet by octet.
    let node = tree.find(shared.filter)
    guard node != 0 else { return .notSubscribed }
    var name = TopicTree.noShare
    if shared.isShared {
      guard let share = share(named: shared.shareName, at: node) else { return .notSubscribed }
      name = share
    } else {
      cancelReplay(of: session, at: node)
    }
    return endSubscription(.init(node: node, share: name), of: session)
      ? .unsubscribed : .notSubscribed
  }

  /// Ends one subscription; false when there was none.
  private mutating func endSubscription(
    _ subscription: Session.Subscription, of session: Int
  ) -> Bool {
    // [MQTT-3.10.4-2] [MQTT5-3.10.4-2] what is in flight or waits stays [MQTT-3.10.4-3]
    // [MQTT5-3.10.4-3].
    guard leaveTree(subscription, session) else { return false }
    for k in 0..<sessions[session].subscriptions.count {
      let other = sessions[session].subscriptions[k]
      guard other.node == subscription.node, other.share == subscription.share else { continue }
      _ = sessions[session].subscriptions.swapRemove(at: k)
      break
    }
    cache.invalidate()
    return true
  }

  private mutating func leaveTree(
    _ subscription: Session.Subscription, _ session: Int
  ) -> Bool {
    let watched = watches(subscription.node)
    let wasThere =
      subscription.share == TopicTree.noShare
      ? tree.unsubscribe(slot(session), isShare: false, at: subscription.node)
      : leave(subscription.share, session)
    guard wasThere else { return false }
    statistics.subscriptions -= 1
    if watched { watchers -= 1 }
    return true
  }

  /// Ends the subscriptions that rules do not let a session have any more: rights may have ended while
  /// it was away, or somebody else takes it up.
  mutating func endDenied(of session: Int) {
    guard hasRules else { return }
    var index = 0
    while index < sessions[session].subscriptions.count {
      let subscription = sessions[session].subscriptions[index]
      let filter = tree.filter(of: subscription.node)
      if mayDo(.subscribe, filter.span, session) {
        index += 1
        continue
      }
      if subscription.share == TopicTree.noShare {
        cancelReplay(of: session, at: subscription.node)
      }
      if !endSubscription(subscription, of: session) { index += 1 }
    }
  }

  /// Ends all subscriptions of a session.
  mutating func endSubscriptions(of session: Int) {
    guard !sessions[session].subscriptions.isEmpty else { return }
    while let subscription = sessions[session].subscriptions.popLast() {
      _ = leaveTree(subscription, session)
    }
    cache.invalidate()
  }
}

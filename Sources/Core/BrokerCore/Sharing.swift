import MQTTTerms
import SessionLink
import Slabs

/// Sessions that have subscribed to one filter under one ShareName, and get its messages in turn
/// [MQTT5 4.8.2].
struct Share: ~Copyable {
  var node: TopicNode
  var name: Slab<UInt8>
  var members = Slab<Subscriber>()
  /// Whose turn it is.
  var turn = 0
}

/// A filter as the peer has named it: perhaps with the name of a share before it [MQTT5 4.8.2].
struct SharedFilter: ~Escapable {
  /// The ShareName; empty where the subscription is not shared.
  let shareName: Span<UInt8>
  /// The Topic Filter.
  let filter: Span<UInt8>

  /// Takes a filter apart; nil where it begins like a shared one and is none.
  @_lifetime(copy text)
  init?(_ text: Span<UInt8>) {
    guard Self.isShared(text) else {
      shareName = text.extracting(0..<0)
      filter = text
      return
    }
    let start = Self.prefix.count
    let end = levelEnd(text, from: start)
    let name = text.extracting(start..<end)
    // [MQTT5-4.8.2-1], [MQTT5-4.8.2-2] a name without wildcards, then a filter.
    guard !name.isEmpty, end + 1 < text.count, !Self.hasWildcard(name) else { return nil }
    shareName = name
    filter = text.extracting((end + 1)..<text.count)
  }

  var isShared: Bool { !shareName.isEmpty }

  private static var prefix: InlineArray<7, UInt8> { [0x24, 0x73, 0x68, 0x61, 0x72, 0x65, 0x2F] }

  private static func isShared(_ text: Span<UInt8>) -> Bool {
    let prefix = prefix
    return text.count >= prefix.count
      && isSameName(text.extracting(0..<prefix.count), prefix.span)
  }

  private static func hasWildcard(_ name: Span<UInt8>) -> Bool {
    for index in 0..<name.count where name[index] == 0x2B || name[index] == 0x23 { return true }
    return false
  }
}

extension TopicTree {
  /// Stands for the share of a subscription that is not shared.
  static var noShare: UInt32 { .max }
}

extension Broker {
  /// The share of that name at `node`; nil where there is none.
  func share(named name: Span<UInt8>, at node: TopicNode) -> UInt32? {
    let index = Int(node)
    for k in 0..<tree.nodes[index].subscribers.count {
      let subscriber = tree.nodes[index].subscribers[k]
      if subscriber.flags.contains(.isShare),
        isSameName(shares[Int(subscriber.session)].name.span, name)
      {
        return subscriber.session
      }
    }
    return nil
  }

  /// Makes a session a member, or changes its terms; gives the share, and whether it is a new
  /// member.
  mutating func join(
    _ name: Span<UInt8>, at node: TopicNode, _ member: Subscriber
  ) -> (share: UInt32, isNew: Bool) {
    let share = share(named: name, at: node) ?? makeShare(name, at: node)
    let index = Int(share)
    for k in 0..<shares[index].members.count
    where shares[index].members[k].session == member.session {
      shares[index].members[k] = member
      return (share, false)
    }
    shares[index].members.append(member)
    statistics.sharedSubscriptions += 1
    return (share, true)
  }

  private mutating func makeShare(_ name: Span<UInt8>, at node: TopicNode) -> UInt32 {
    var copy = Slab<UInt8>(capacity: name.count)
    copy.append(contentsOf: name)
    let share = shares.insert(Share(node: node, name: copy)).index
    _ = tree.subscribe(Subscriber(session: share, qos: .exactlyOnce, flags: .isShare), at: node)
    return share
  }

  /// Ends a session's membership; false when there was none.
  mutating func leave(_ share: UInt32, _ session: Int) -> Bool {
    let index = Int(share)
    for k in 0..<shares[index].members.count
    where Int(shares[index].members[k].session) == session {
      _ = shares[index].members.swapRemove(at: k)
      statistics.sharedSubscriptions -= 1
      if shares[index].members.isEmpty { endShare(share) }
      return true
    }
    return false
  }

  private mutating func endShare(_ share: UInt32) {
    let node = shares[Int(share)].node
    if let id = shares.id(at: Int(share)) { _ = shares.remove(id) }
    _ = tree.unsubscribe(share, isShare: true, at: node)
  }

  /// The member that gets the next message: in turn, first among those that can take it at once,
  /// then among those that are connected, then among all.
  mutating func nextMember(of share: UInt32) -> Subscriber? {
    let index = Int(share)
    let count = shares[index].members.count
    guard count > 0 else { return nil }
    let start = shares[index].turn < count ? shares[index].turn : 0
    var best = start
    var bestRank = 3
    for step in 0..<count where bestRank > 0 {
      let place = start + step < count ? start + step : start + step - count
      let rank = rank(of: Int(shares[index].members[place].session))
      if rank < bestRank { (best, bestRank) = (place, rank) }
    }
    shares[index].turn = best + 1
    return shares[index].members[best]
  }

  private func rank(of session: Int) -> Int {
    guard sessions[session].link != nil else { return 2 }
    let isFull = sessions[session].window.count >= Int(sessions[session].traits.receiveMaximum)
    return sessions[session].isPaused || isFull || !sessions[session].queue.isEmpty ? 1 : 0
  }
}

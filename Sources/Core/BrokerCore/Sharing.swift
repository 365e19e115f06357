import MQTTTerms
import SessionLink
import Slabs

/// Sessions that have subscribed to one filter under one ShareName, and get its messages in turn
/// [MQTT5 4.8.2].
struct Share: ~Copyable {
  let node: TopicNode
  /// Node and ShareName: a filter may have thousands of shares.
  let key: Slab<UInt8>
  /// The ShareName.
  let name: Slab<UInt8>
  var members = Slab<Subscriber>()
  /// Whose turn it is.
  var turn = 0

  /// A share without members.
  init(_ name: Span<UInt8>, at node: TopicNode) {
    self.node = node
    key = Self.key(name, at: node)
    var copy = Slab<UInt8>(capacity: name.count)
    copy.append(contentsOf: name)
    self.name = copy
  }

  static func key(_ name: Span<UInt8>, at node: TopicNode) -> Slab<UInt8> {
    var key = Slab<UInt8>(capacity: 4 + name.count)
    for shift in stride(from: 24, through: 0, by: -8) {
      key.append(UInt8(truncatingIfNeeded: node >> UInt32(shift)))
    }
    key.append(contentsOf: name)
    return key
  }
}

extension TopicTree {
  /// Stands for the share of a subscription that is not shared.
  static var noShare: UInt32 { .max }
}

extension Broker {
  /// The share of that name at `node`; nil where there is none.
  func share(named name: Span<UInt8>, at node: TopicNode) -> UInt32? {
    let key = Share.key(name, at: node)
    return shareOfKey.value(of: key.span)
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
    let key = Share.key(name, at: node)
    let share = shares.insert(Share(name, at: node)).index
    shareOfKey.set(key.span, to: share)
    tree.add(share: share, at: node)
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
    guard let id = shares.id(at: Int(share)), let ended = shares.remove(id) else { return }
    shareOfKey.remove(ended.key.span)
    _ = tree.unsubscribe(share, isShare: true, at: ended.node)
  }

  /// The member that gets a message: in turn, first among those that can take it at once, then among
  /// those that are connected, then among all; nil where rules let no member have it.
  mutating func nextMember(of share: UInt32, for message: MessageID) -> Subscriber? {
    let index = Int(share)
    let count = shares[index].members.count
    guard count > 0 else { return nil }
    let start = shares[index].turn < count ? shares[index].turn : 0
    var best: Int?
    var bestRank = 3
    for step in 0..<count where bestRank > 0 {
      let place = start + step < count ? start + step : start + step - count
      let session = Int(shares[index].members[place].session)
      let rank = rank(of: session)
      if rank < bestRank, mayReceive(message, session) { (best, bestRank) = (place, rank) }
    }
    guard let best else { return nil }
    shares[index].turn = best + 1
    return shares[index].members[best]
  }

  private func rank(of session: Int) -> Int {
    guard sessions[session].link != nil else { return 2 }
    let isFull = sessions[session].window.count >= Int(sessions[session].traits.receiveMaximum)
    return sessions[session].isPaused || isFull || !sessions[session].queue.isEmpty ? 1 : 0
  }
}

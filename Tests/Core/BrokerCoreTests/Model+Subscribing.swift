import SessionLink

/// Who stands at a filter.
enum Listing: Equatable {
  case client(Int)
  /// The share of that name.
  case share(Int)
}

/// Clients that share one filter under one name.
struct Share {
  var filter: Int
  var name: Int
  var members: [Int]
  var turn = 0
}

// Subscriptions. The order in which somebody stands in a list matters only for which of several
// copies of one message comes first, and whose turn it is in a share.
extension Model {
  /// One filter of a request; gives the code for it.
  mutating func subscribe(
    _ client: Int, _ wanted: ModelSubscription, _ start: RetainedStart
  ) -> UInt8 {
    guard let session = sessions[client] else { return 0x80 }
    let isNew = place(of: wanted, session) == nil
    if let place = place(of: wanted, session) {
      session.subscriptions[place] = wanted
    } else {
      guard session.subscriptions.count < rules.subscriptionLimit else { return 0x97 }
      session.subscriptions.append(wanted)
      enlist(wanted, client)
    }
    guard wanted.share == 0 else { return wanted.qos }
    // What the subscription of before is still to get is not lost, unless all of it comes again.
    if start == .always { session.replays.removeAll { $0.subscription.filter == wanted.filter } }
    if start == .always || start == .ifNew && isNew { startReplay(wanted, session) }
    return wanted.qos
  }

  /// The same for a request to unsubscribe.
  mutating func unsubscribe(_ client: Int, _ filter: Int, _ share: Int) -> UInt8 {
    guard let session = sessions[client] else { return 0x80 }
    let named = ModelSubscription(filter: filter, share: share, qos: 0)
    guard let place = place(of: named, session) else { return 0x11 }
    session.subscriptions.swapRemove(at: place)
    strike(named, client)
    if share == 0 { session.replays.removeAll { $0.subscription.filter == filter } }
    return 0
  }

  private func place(of wanted: ModelSubscription, _ session: ModelSession) -> Int? {
    session.subscriptions.firstIndex { $0.filter == wanted.filter && $0.share == wanted.share }
  }

  private mutating func enlist(_ subscription: ModelSubscription, _ client: Int) {
    let (filter, name) = (subscription.filter, subscription.share)
    if name == 0 {
      listings[filter].append(.client(client))
    } else if let place = share(filter, name) {
      shares[place].members.append(client)
    } else {
      shares.append(Share(filter: filter, name: name, members: [client]))
      listings[filter].append(.share(name))
    }
  }

  /// Takes a subscription out of the lists.
  mutating func strike(_ subscription: ModelSubscription, _ client: Int) {
    let (filter, name) = (subscription.filter, subscription.share)
    if name == 0 { return strike(.client(client), at: filter) }
    guard let place = share(filter, name),
      let member = shares[place].members.firstIndex(of: client)
    else { return }
    shares[place].members.swapRemove(at: member)
    guard shares[place].members.isEmpty else { return }
    shares.remove(at: place)
    strike(.share(name), at: filter)
  }

  private mutating func strike(_ listing: Listing, at filter: Int) {
    guard let place = listings[filter].firstIndex(of: listing) else { return }
    listings[filter].swapRemove(at: place)
  }

  private func share(_ filter: Int, _ name: Int) -> Int? {
    shares.firstIndex { $0.filter == filter && $0.name == name }
  }

  /// The one member that gets the next message: in turn, first those that can take it at once, then
  /// those that are connected, then all.
  mutating func nextMember(_ filter: Int, _ name: Int) -> (Int, ModelSubscription)? {
    guard let place = share(filter, name) else { return nil }
    let members = shares[place].members
    let start = shares[place].turn < members.count ? shares[place].turn : 0
    let inTurn = (start..<start + members.count).map { $0 % members.count }
    let best = inTurn.map { rank(members[$0]) }.min()
    guard let next = inTurn.first(where: { rank(members[$0]) == best }) else { return nil }
    shares[place].turn = next + 1
    let subscription = sessions[members[next]]?.subscriptions.first {
      $0.filter == filter && $0.share == name
    }
    return subscription.map { (members[next], $0) }
  }

  private func rank(_ client: Int) -> Int {
    guard let session = sessions[client], session.link != nil else { return 2 }
    return session.takesMessages && session.hasPlaces && session.queue.isEmpty ? 0 : 1
  }
}

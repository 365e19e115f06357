import MQTTTerms
import SessionLink
import Slabs

/// A message on a topic below `$CONTROL`: it asks whom the broker belongs to for something.
public struct ControlRequest: Sendable, Equatable {
  /// The sender's link.
  public var link: LinkID
  /// The sender, printable.
  public var sender: BrokerRemark.Who
  /// The number of the policy that holds for the sender.
  public var policy: UInt16
  /// The topic.
  public var topic: [UInt8]
  /// The message.
  public var payload: [UInt8]
}

extension Broker {
  /// How many requests may wait to be taken, and how many octets all of them may have.
  private static let controlLimit = 64
  private static let controlOctets = 1 << 23

  /// The requests since the last call.
  public mutating func takeControlRequests() -> [ControlRequest] {
    if controlRequests.isEmpty { return [] }
    let taken = controlRequests
    controlRequests = []
    return taken
  }

  /// Whether a message on a topic is a request: below `$CONTROL`, where those are taken.
  @inline(__always)
  func isRequest(_ topic: Span<UInt8>) -> Bool { takesControl && isControlTopic(topic) }

  /// Whether a message is a request that there is no room for.
  func isTooMuch(_ publish: borrowing IncomingPublish) -> Bool {
    guard isRequest(publish.topic) else { return false }
    let held = controlRequests.reduce(0) { $0 + $1.payload.count }
    return controlRequests.count >= Self.controlLimit
      || held + publish.payload.count > Self.controlOctets
  }

  /// Keeps a request until it is taken. It goes to no subscriber, and only one who has a session can
  /// be answered.
  mutating func takeControl(
    _ publish: borrowing IncomingPublish, from session: Int?
  ) -> Reception {
    guard let session, let link = sessions[session].link else { return .notAuthorized }
    controlRequests.append(
      ControlRequest(
        link: link, sender: who(sessions[session].identity),
        policy: identities.policy(sessions[session].identity),
        topic: publish.topic.indices.map { publish.topic[$0] },
        payload: publish.payload.indices.map { publish.payload[$0] }))
    return .accepted
  }

  /// Answers the sender of a request, if it is still there and has subscribed to the topic.
  public mutating func answer(
    _ link: LinkID, topic: Span<UInt8>, payload: Span<UInt8>, commands: inout CommandQueue
  ) {
    guard let session = session(of: link) else { return }
    let publish = IncomingPublish(
      topic: topic, payload: payload, qos: .atMostOnce, isRetained: false, packetID: .none)
    distribute(publish, onlyTo: session, &commands)
  }

  /// Where the users are that have a connection, and one of those policies.
  public func addressesOfUsers(under policies: Set<UInt16>) -> [[UInt8]: [PeerAddress]] {
    var addresses: [[UInt8]: [PeerAddress]] = [:]
    for session in 0..<sessions.indexBound where sessions.id(at: session) != nil {
      guard sessions[session].link != nil,
        policies.contains(identities.policy(sessions[session].identity))
      else { continue }
      let peer = identities.peer(sessions[session].identity)
      guard let name = peer.userName else { continue }
      addresses[name.indices.map { name[$0] }, default: []].append(peer.address)
    }
    return addresses
  }

  /// Closes the links of some users, and of all who have no user name where `anonymous` says so, as far
  /// as one of those policies holds for them. Their wills are dropped.
  public mutating func expel(
    _ users: Set<[UInt8]>, anonymous: Bool, under policies: Set<UInt16>, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    clock = now
    for session in 0..<sessions.indexBound where sessions.id(at: session) != nil {
      guard let link = sessions[session].link,
        policies.contains(identities.policy(sessions[session].identity)),
        isAmong(users, anonymous, session)
      else { continue }
      remark(.closed(who(sessions[session].identity), .administrative))
      commands.commands.append(.close(link, .administrative))
      close(link, .announced, &commands)
    }
  }

  private func isAmong(_ users: Set<[UInt8]>, _ anonymous: Bool, _ session: Int) -> Bool {
    let peer = identities.peer(sessions[session].identity)
    guard let name = peer.userName else { return anonymous && !peer.isTrusted }
    return !users.isEmpty && users.contains(name.indices.map { name[$0] })
  }
}

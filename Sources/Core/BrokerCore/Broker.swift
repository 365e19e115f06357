import MQTTTerms
import SessionLink
import Slabs

/// The broker core: sessions, subscriptions, retained messages, wills.
///
/// It knows no codec and no socket. Links tell it events; what is to be done about them it appends
/// to a queue of commands, which the caller performs.
public struct Broker: ~Copyable, Hub {
  /// What peers may use.
  public var limits: BrokerLimits { didSet { noteLimits(insteadOf: oldValue) } }
  /// Who may do what, at least one. The first holds for everybody; links name another by its place
  /// when they ask for a session.
  public var policies: [AccessPolicy] { didSet { noteConditions() } }
  /// Every message that somebody still needs.
  public var messages = MessageStore()
  /// What was counted.
  public internal(set) var statistics = BrokerStatistics()
  /// The latest time that was told.
  var clock: LinkTime = 0
  /// Whether limits or rules make every message a matter of conditions.
  private(set) var hasConditions = false
  /// Whether any policy has rules.
  private(set) var hasRules = false

  var sessions = SlotTable<Session>()
  var sessionOfClient: NameTable
  /// The session of each link, by the link's index.
  var sessionOfLink = Slab<SlotID>()
  var connectedCount = 0
  var identities = Identities()
  /// Peers that have not shown yet who they are, and where each link's stands.
  var logins = SlotTable<OpenLogin>()
  var loginOfLink = Slab<SlotID>()

  var tree: TopicTree
  var shares = SlotTable<Share>()
  var shareOfKey: NameTable
  var cache: TopicCache
  var walk = TreeWalk()
  /// For each session, where it stands in the list that is being made, and in which list.
  var marks = Slab<UInt64>()
  var markSerial: UInt32 = 0
  var keptIdentifiers = KeptIdentifiers()
  /// The Subscription Identifiers that a delivery is to name: room that is used again.
  var run = Slab<UInt32>()

  /// Whether messages below `$CONTROL` are requests to whom the broker belongs, and no messages.
  public var takesControl = false
  var controlRequests: [ControlRequest] = []
  /// Whether the births of Sparkplug are kept as certificates.
  public var keepsCertificates = false

  /// The topic below which it is watched whether anybody subscribes, and how many do.
  var watchedTopic = Slab<UInt8>()
  var watchers = 0
  /// The nodes from a filter's end up to its first level: room that is used again.
  var path = Slab<TopicNode>()

  var replays = Slab<Replay>()
  var replayRound: UInt64 = 0
  var remarks = Slab<BrokerRemark>()
  var nextRemarkIndex = 0
  /// Remarks for which there was no room.
  var omittedRemarks = 0
  /// Whether subscriptions that come and go are worth a remark.
  public var remarksOnSubscriptions = false
  /// Since when remarks on strangers are counted, and how many there were.
  var strangersCountedFrom: LinkTime = 0
  var strangerRemarks = 0
  /// When wills and sessions are due.
  var dues = DeadlineQueue()
  /// When retained messages end.
  var retainedEnds = DeadlineQueue()
  var assignedIDs: UInt64 = 0
  let seed: UInt64

  /// An empty broker. `seed` keeps peers from choosing topics that share hash slots.
  public init(limits: BrokerLimits, policy: AccessPolicy, seed: UInt64) {
    self.limits = limits
    policies = [policy]
    self.seed = seed
    let hash = NameHash(seed: seed)
    sessionOfClient = NameTable(hash: hash)
    shareOfKey = NameTable(hash: hash)
    tree = TopicTree(hash: hash)
    cache = TopicCache(hash: hash)
    noteConditions()
  }

  private mutating func noteConditions() {
    hasRules = policies.contains { $0.rules != nil }
    hasConditions = judgesEverything || limits.inFlightOctets > 0 || limits.upgradesQoS
  }

  private mutating func noteLimits(insteadOf before: BrokerLimits) {
    noteConditions()
    // Who gets every copy stands in the lists of the cache.
    if limits.deliversOverlaps != before.deliversOverlaps { cache.invalidate() }
    guard before.inFlightOctets == 0 else { return }
    // They were not counted until now.
    for session in 0..<sessions.indexBound where sessions.id(at: session) != nil {
      sessions[session].inFlightOctets = 0
    }
  }

  /// Names the topic below which is watched, before anybody subscribes.
  public mutating func watch(_ topic: Span<UInt8>) {
    watchedTopic.removeAll()
    watchedTopic.append(contentsOf: topic)
  }

  /// Takes in one event of `link`.
  public mutating func handle(
    _ event: consuming LinkEvent, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    clock = now
    switch event {
    case .publish(let publish): receive(publish, from: link, at: now, commands: &commands)
    case .acknowledged(let id): acknowledged(id, from: link, at: now, commands: &commands)
    case .received(let id): received(id, from: link, &commands)
    case .released(let id): released(id, from: link, &commands)
    case .completed(let id): completed(id, from: link, &commands)
    case .forgotten: forgetIncoming(of: link)
    case .rejected(let id), .discarded(let id): ended(id, from: link, &commands)
    case .subscribe(let request): subscribe(request, from: link, &commands)
    case .unsubscribe(let request): unsubscribe(request, from: link, &commands)
    case .open(let request): open(request, as: link, &commands)
    case .authenticate(let step): authenticate(step, from: link, &commands)
    case .paused: pause(link)
    case .resumed: resume(link, &commands)
    case .asleep: fallAsleep(link)
    case .drain: drain(link, &commands)
    case .updateWill(let update): updateWill(update, of: link, &commands)
    case .closed(let departure): close(link, departure, &commands)
    }
  }

  /// The shell has performed a `deliver` command.
  @inlinable
  public mutating func performed(_ message: MessageID) { messages.release(message) }

  /// The number of sessions, connected or not.
  public var sessionCount: Int { sessions.count }

  /// The number of connected clients.
  public var connectedClients: Int { connectedCount }

  /// The session that `link` has opened.
  @inline(__always)
  func session(of link: LinkID) -> Int? {
    let index = Int(link.index)
    guard index < sessionOfLink.count, sessions.contains(sessionOfLink[index]) else { return nil }
    let session = Int(sessionOfLink[index].index)
    return sessions[session].link == link ? session : nil
  }

  mutating func attach(_ link: LinkID, to session: SlotID) {
    let none = SlotID(index: 0, generation: 0)
    while sessionOfLink.count <= Int(link.index) { sessionOfLink.append(none) }
    sessionOfLink[Int(link.index)] = session
  }
}

extension Broker {
  /// The Client Identifier of the session that `link` has opened, printable.
  public func clientID(of link: LinkID) -> String? {
    guard let session = session(of: link) else { return nil }
    return printable(identities.clientID(sessions[session].identity))
  }

  /// The user name of the session that `link` has opened, printable; nil where there is none.
  public func userName(of link: LinkID) -> String? {
    session(of: link).flatMap { who(sessions[$0].identity).userName }
  }

  /// The octets of the Client Identifier of the session that `link` has opened; none without one.
  @_lifetime(borrow self)
  public func clientIdentifier(of link: LinkID) -> Span<UInt8> {
    guard let session = session(of: link) else { return Span() }
    return identities.clientID(sessions[session].identity)
  }

  /// Whether the session that `link` has opened ends with the connection.
  public func isCleanSession(of link: LinkID) -> Bool? {
    session(of: link).map { sessions[$0].expiry == 0 }
  }
}

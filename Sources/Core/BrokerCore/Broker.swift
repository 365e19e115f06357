import MQTTTerms
import SessionLink
import Slabs

/// The broker core: sessions, subscriptions, retained messages, wills.
///
/// It knows no codec and no socket. Links tell it events; what is to be done about them it appends
/// to a queue of commands, which the caller performs.
public struct Broker: ~Copyable, Hub {
  /// What peers may use.
  public var limits: BrokerLimits
  /// Who may do what.
  public var policy: AccessPolicy
  /// Every message that somebody still needs.
  public var messages = MessageStore()
  /// What was counted.
  public internal(set) var statistics = BrokerStatistics()

  var sessions = SlotTable<Session>()
  var sessionOfClient: NameTable
  /// The session of each link, by the link's index.
  var sessionOfLink = Slab<SlotID>()
  var connectedCount = 0

  var tree: TopicTree
  var cache: TopicCache
  var walk = TreeWalk()
  /// For each session, where it stands in the list that is being made, and in which list.
  var marks = Slab<UInt64>()
  var markSerial: UInt32 = 0

  var replays = Slab<Replay>()
  var replayRound: UInt64 = 0
  /// Sessions that have begun to drop messages.
  var dropping = Slab<SlotID>()
  var expiries = DeadlineQueue()
  var assignedIDs: UInt64 = 0
  let seed: UInt64

  /// An empty broker. `seed` keeps peers from choosing topics that share hash slots.
  public init(limits: BrokerLimits, policy: AccessPolicy, seed: UInt64) {
    self.limits = limits
    self.policy = policy
    self.seed = seed
    let hash = NameHash(seed: seed)
    sessionOfClient = NameTable(hash: hash)
    tree = TopicTree(hash: hash)
    cache = TopicCache(hash: hash)
  }

  /// Takes in one event of `link`.
  public mutating func handle(
    _ event: consuming LinkEvent, from link: LinkID, at now: LinkTime,
    commands: inout CommandQueue
  ) {
    switch event {
    case .publish(let publish): receive(publish, from: link, at: now, commands: &commands)
    case .acknowledged(let id): acknowledged(id, from: link, commands: &commands)
    case .received(let id): received(id, from: link, &commands)
    case .released(let id): released(id, from: link, &commands)
    case .completed(let id): completed(id, from: link, &commands)
    case .subscribe(let request): subscribe(request, from: link, &commands)
    case .unsubscribe(let request): unsubscribe(request, from: link, &commands)
    case .open(let request): open(request, as: link, at: now, &commands)
    case .paused: pause(link)
    case .resumed: resume(link, &commands)
    case .closed(let departure): close(link, departure, at: now, &commands)
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
  /// The Client Identifier of the next session that has begun to drop messages because its queue is
  /// full: worth a line in the log.
  public mutating func nextDropping() -> String? {
    while let id = dropping.popLast() {
      if sessions.contains(id) { return printable(sessions[Int(id.index)].clientID.span) }
    }
    return nil
  }

  /// The Client Identifier of the session that `link` has opened, printable.
  public func clientID(of link: LinkID) -> String? {
    guard let session = session(of: link) else { return nil }
    return printable(sessions[session].clientID.span)
  }

  private func printable(_ text: Span<UInt8>) -> String {
    text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the session that `link` has opened ends with the connection.
  public func isCleanSession(of link: LinkID) -> Bool? {
    session(of: link).map { sessions[$0].expiry == 0 }
  }
}

import MQTTTerms
import SessionLink
import Slabs

/// The name of a tree node. 0 is the root, which holds nothing, so it also stands for "none".
typealias TopicNode = UInt32

/// One subscription as the tree keeps it.
struct Subscriber: BitwiseCopyable {
  /// What about a subscription needs a second look at each message.
  struct Flags: OptionSet, BitwiseCopyable {
    var rawValue: UInt8

    /// The slot is that of a share, which hands each message to one of its members.
    static var isShare: Flags { Flags(rawValue: 1) }
    /// The session's own messages stay away.
    static var isNoLocal: Flags { Flags(rawValue: 2) }
    /// Messages keep the RETAIN flag of their publisher.
    static var isRetainAsPublished: Flags { Flags(rawValue: 4) }
    /// It has a Subscription Identifier.
    static var isIdentified: Flags { Flags(rawValue: 8) }
    /// Only some of the session's matching subscriptions keep its own messages away.
    static var isPartlyLocal: Flags { Flags(rawValue: 16) }
    /// Several subscriptions of the session have an identifier.
    static var hasSeveralIdentifiers: Flags { Flags(rawValue: 32) }
  }

  /// The session's slot, or the share's.
  var session: UInt32
  /// The Subscription Identifier; 0 for none.
  var identifier: UInt32 = 0
  var qos: QoS
  var flags: Flags = []

  init(session: UInt32, qos: QoS, identifier: UInt32 = 0, flags: Flags = []) {
    self.session = session
    self.identifier = identifier
    self.qos = qos
    self.flags = flags
  }

  /// A session's subscription on those terms.
  init(session: UInt32, _ qos: QoS, _ terms: SubscriptionTerms) {
    self.init(session: session, qos: qos, identifier: terms.identifier)
    if terms.isNoLocal { flags.insert(.isNoLocal) }
    if terms.isRetainAsPublished { flags.insert(.isRetainAsPublished) }
    if terms.identifier != 0 { flags.insert(.isIdentified) }
  }
}

/// Topic filters and retained messages by level [MQTT 4.7]. A node lives while a subscription, a
/// retained message or a child needs it.
struct TopicTree: ~Copyable {
  struct Node: ~Copyable {
    var parent: TopicNode
    var hash: UInt64
    var level: Slab<UInt8>
    /// The child for `+`, and for `#`.
    var plus: TopicNode = 0
    var pound: TopicNode = 0
    /// The other children, as a list.
    var firstChild: TopicNode = 0
    var nextSibling: TopicNode = 0
    var previousSibling: TopicNode = 0
    var retained: MessageID?
    /// Who has published the retained message.
    var publisher = Identities.none
    var subscribers = Slab<Subscriber>()
  }

  private(set) var nodes = SlotTable<Node>()
  /// Children by (parent, level): an open hash table of nodes.
  private var children = Slab<TopicNode>()
  private var childCount = 0
  private let hash: NameHash

  init(hash: NameHash) {
    self.hash = hash
    _ = nodes.insert(Node(parent: 0, hash: 0, level: Slab()))
  }

  /// The number of nodes, the root included.
  var count: Int { nodes.count }

  /// The node at the end of `topic`'s levels, or 0 where there is none.
  func find(_ topic: Span<UInt8>) -> TopicNode {
    var node: TopicNode = 0
    var offset = 0
    while offset <= topic.count {
      let end = levelEnd(topic, from: offset)
      node = child(of: node, topic.extracting(offset..<end))
      if node == 0 { return 0 }
      offset = end + 1
    }
    return node
  }

  /// The levels on the way to a node: what `find` has found it by.
  func filter(of node: TopicNode) -> [UInt8] {
    var (levels, node): ([[UInt8]], TopicNode) = ([], node)
    while node != 0 {
      let level = nodes[Int(node)].level.span
      levels.append(level.indices.map { level[$0] })
      node = nodes[Int(node)].parent
    }
    return Array(levels.reversed().joined(separator: [UInt8(ascii: "/")]))
  }

  /// The node at the end of `topic`'s levels, made where it is missing.
  mutating func make(_ topic: Span<UInt8>) -> TopicNode {
    var node: TopicNode = 0
    var offset = 0
    while offset <= topic.count {
      let end = levelEnd(topic, from: offset)
      let level = topic.extracting(offset..<end)
      let next = child(of: node, level)
      node = next == 0 ? addChild(of: node, level) : next
      offset = end + 1
    }
    return node
  }

  /// Frees `node` and its ancestors as far as nothing needs them.
  mutating func prune(_ node: TopicNode) {
    var node = node
    while node != 0, isUnused(node) {
      let parent = nodes[Int(node)].parent
      unlink(node, from: parent)
      if let id = nodes.id(at: Int(node)) { _ = nodes.remove(id) }
      node = parent
    }
  }

  /// Adds a share, which `node` does not have yet.
  mutating func add(share: UInt32, at node: TopicNode) {
    nodes[Int(node)].subscribers.append(
      Subscriber(session: share, qos: .exactlyOnce, flags: .isShare))
  }

  /// Sets or replaces a session's subscription; true when it is new.
  mutating func subscribe(_ subscriber: Subscriber, at node: TopicNode) -> Bool {
    let index = Int(node)
    if let place = place(of: subscriber.session, isShare(subscriber), at: index) {
      nodes[index].subscribers[place] = subscriber
      return false
    }
    nodes[index].subscribers.append(subscriber)
    return true
  }

  /// Ends the subscription of a session or share; false when there was none.
  mutating func unsubscribe(_ slot: UInt32, isShare: Bool, at node: TopicNode) -> Bool {
    let index = Int(node)
    guard let place = place(of: slot, isShare, at: index) else { return false }
    _ = nodes[index].subscribers.swapRemove(at: place)
    prune(node)
    return true
  }

  private func place(of slot: UInt32, _ isShare: Bool, at index: Int) -> Int? {
    // What came last often goes first.
    for k in (0..<nodes[index].subscribers.count).reversed()
    where nodes[index].subscribers[k].session == slot
      && self.isShare(nodes[index].subscribers[k]) == isShare
    {
      return k
    }
    return nil
  }

  private func isShare(_ subscriber: Subscriber) -> Bool { subscriber.flags.contains(.isShare) }

  /// Puts `message` in as the retained one of `node`, and gives the one before it back.
  mutating func retain(
    _ message: MessageID?, of publisher: IdentityID, at node: TopicNode
  ) -> (message: MessageID?, publisher: IdentityID) {
    let before = (nodes[Int(node)].retained, nodes[Int(node)].publisher)
    nodes[Int(node)].retained = message
    nodes[Int(node)].publisher = publisher
    if message == nil { prune(node) }
    return before
  }

  // MARK: Children

  /// The child of `parent` for one level; `+` and `#` are children like others.
  func child(of parent: TopicNode, _ level: Span<UInt8>) -> TopicNode {
    if level.count == 1 {
      if level[0] == 0x2B { return nodes[Int(parent)].plus }
      if level[0] == 0x23 { return nodes[Int(parent)].pound }
    }
    guard children.count > 0 else { return 0 }
    let hash = hash(level, salt: parent)
    let mask = children.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while children[index] != 0 {
      let node = Int(children[index])
      if nodes[node].hash == hash, nodes[node].parent == parent,
        isSameName(nodes[node].level.span, level)
      {
        return children[index]
      }
      index = (index + 1) & mask
    }
    return 0
  }

  private mutating func addChild(of parent: TopicNode, _ level: Span<UInt8>) -> TopicNode {
    var copy = Slab<UInt8>(capacity: level.count)
    copy.append(contentsOf: level)
    let id = nodes.insert(Node(parent: parent, hash: hash(level, salt: parent), level: copy))
    if level.count == 1, level[0] == 0x2B {
      nodes[Int(parent)].plus = id.index
    } else if level.count == 1, level[0] == 0x23 {
      nodes[Int(parent)].pound = id.index
    } else {
      linkSibling(id.index, below: parent)
      index(id.index)
    }
    return id.index
  }

  private mutating func linkSibling(_ node: TopicNode, below parent: TopicNode) {
    let first = nodes[Int(parent)].firstChild
    nodes[Int(node)].nextSibling = first
    if first != 0 { nodes[Int(first)].previousSibling = node }
    nodes[Int(parent)].firstChild = node
  }

  private mutating func unlink(_ node: TopicNode, from parent: TopicNode) {
    if nodes[Int(parent)].plus == node {
      nodes[Int(parent)].plus = 0
    } else if nodes[Int(parent)].pound == node {
      nodes[Int(parent)].pound = 0
    } else {
      let next = nodes[Int(node)].nextSibling
      let previous = nodes[Int(node)].previousSibling
      if next != 0 { nodes[Int(next)].previousSibling = previous }
      if previous != 0 { nodes[Int(previous)].nextSibling = next }
      if previous == 0 { nodes[Int(parent)].firstChild = next }
      unindex(node)
    }
  }

  private func isUnused(_ node: TopicNode) -> Bool {
    let index = Int(node)
    return nodes[index].subscribers.isEmpty && nodes[index].retained == nil
      && nodes[index].firstChild == 0 && nodes[index].plus == 0 && nodes[index].pound == 0
  }

  // MARK: The hash table of children

  private mutating func index(_ node: TopicNode) {
    if (childCount + 1) * 4 > children.count * 3 { growIndex() }
    place(node)
    childCount += 1
  }

  private mutating func place(_ node: TopicNode) {
    let mask = children.count - 1
    var index = Int(truncatingIfNeeded: nodes[Int(node)].hash) & mask
    while children[index] != 0 { index = (index + 1) & mask }
    children[index] = node
  }

  private mutating func growIndex() {
    let size = max(children.count * 2, 64)
    var old = Slab<TopicNode>(capacity: size)
    for _ in 0..<size { old.append(0) }
    swap(&children, &old)
    for index in 0..<old.count where old[index] != 0 { place(old[index]) }
  }

  private mutating func unindex(_ node: TopicNode) {
    let mask = children.count - 1
    var hole = Int(truncatingIfNeeded: nodes[Int(node)].hash) & mask
    while children[hole] != node { hole = (hole + 1) & mask }
    var index = (hole + 1) & mask
    // Close the gap, so that no search ends early: move back what may stand in the hole.
    while children[index] != 0 {
      let home = Int(truncatingIfNeeded: nodes[Int(children[index])].hash) & mask
      if (index - home) & mask >= (index - hole) & mask {
        children[hole] = children[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    children[hole] = 0
    childCount -= 1
  }
}

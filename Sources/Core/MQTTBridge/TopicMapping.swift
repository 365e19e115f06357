import MQTTTerms
import SessionLink
import Slabs

/// One Topic Filter that a bridge shares, and what it is called on both sides.
public struct TopicMapping: Sendable, Equatable {
  /// The Topic Filter without prefixes.
  public var pattern: [UInt8]
  /// Whether messages go to the remote broker.
  public var goesOut: Bool
  /// Whether they come from there.
  public var comesIn: Bool
  /// The highest QoS.
  public var qos: QoS
  /// What stands before the pattern on the own broker.
  public var localPrefix: [UInt8]
  /// What stands before it on the remote one.
  public var remotePrefix: [UInt8]

  /// A mapping of those parts.
  public init(
    _ pattern: [UInt8], goesOut: Bool, comesIn: Bool, qos: QoS = .atMostOnce,
    localPrefix: [UInt8] = [], remotePrefix: [UInt8] = []
  ) {
    self.pattern = pattern
    self.goesOut = goesOut
    self.comesIn = comesIn
    self.qos = qos
    self.localPrefix = localPrefix
    self.remotePrefix = remotePrefix
  }
}

/// One side of a bridge.
enum BridgeSide {
  case local
  case remote
}

/// What came of looking for another name of a topic.
enum RenamedTopic {
  /// It has the same name on the other side.
  case same
  /// Its other name is in the room that was given.
  case renamed
  /// No mapping is for it.
  case unmapped
  /// Its other name is no Topic Name.
  case invalid
}

/// The mappings of a bridge, all in one piece of memory: every message is looked for in it.
struct TopicTable: ~Copyable {
  struct Side: BitwiseCopyable {
    /// What is subscribed to.
    var filter: IndexRange
    /// What topics match: a Shared Subscription's filter without the share's name.
    var matched: IndexRange
    /// How many octets of that are the prefix.
    var prefixCount: Int
  }

  struct Entry: BitwiseCopyable {
    var local: Side
    var remote: Side
    var goesOut: Bool
    var comesIn: Bool
    var qos: QoS
  }

  private var octets = Slab<UInt8>()
  private var entries = Slab<Entry>()

  init(_ mappings: [TopicMapping]) {
    for mapping in mappings {
      let local = copy(mapping.localPrefix, mapping.pattern)
      let remote = copy(mapping.remotePrefix, mapping.pattern)
      entries.append(
        Entry(
          local: local, remote: remote, goesOut: mapping.goesOut, comesIn: mapping.comesIn,
          qos: mapping.qos))
    }
  }

  private mutating func copy(_ prefix: [UInt8], _ pattern: [UInt8]) -> Side {
    let start = octets.count
    octets.append(contentsOf: prefix.span)
    octets.append(contentsOf: pattern.span)
    let filter = IndexRange(start: start, end: octets.count)
    let shareCount = shareNameCount(of: bytes(filter))
    return Side(
      filter: filter, matched: IndexRange(start: start + shareCount, end: octets.count),
      prefixCount: max(prefix.count - shareCount, 0))
  }

  /// How many mappings there are.
  var count: Int { entries.count }

  func goesOut(_ index: Int) -> Bool { entries[index].goesOut }

  func comesIn(_ index: Int) -> Bool { entries[index].comesIn }

  func qos(_ index: Int) -> QoS { entries[index].qos }

  /// The Topic Filter of a mapping on one side.
  @_lifetime(borrow self)
  func filter(_ index: Int, _ side: BridgeSide) -> Span<UInt8> {
    bytes(side == .local ? entries[index].local.filter : entries[index].remote.filter)
  }

  /// Whether another mapping sends out, or takes in, the same Topic Filter of that side.
  func has(_ filter: Span<UInt8>, _ side: BridgeSide) -> Bool {
    for index in 0..<count {
      let counts = side == .local ? goesOut(index) : comesIn(index)
      if counts, isSameName(self.filter(index, side), filter) { return true }
    }
    return false
  }

  @_lifetime(borrow self)
  private func bytes(_ range: IndexRange) -> Span<UInt8> {
    octets.span.extracting(Int(range.start)..<Int(range.end))
  }

  /// Looks for the first mapping of a topic that comes from `side`, and writes its name on the other
  /// side to `name`, unless it is the same.
  func rename(
    _ topic: Span<UInt8>, from side: BridgeSide, into name: inout Slab<UInt8>
  ) -> RenamedTopic {
    for index in 0..<entries.count {
      let entry = entries[index]
      guard side == .local ? entry.goesOut : entry.comesIn else { continue }
      let (here, there) =
        side == .local ? (entry.local, entry.remote) : (entry.remote, entry.local)
      guard topicMatches(filter: bytes(here.matched), name: topic) else { continue }
      if here.prefixCount == 0, there.prefixCount == 0 { return .same }
      return rename(topic, here, there, into: &name)
    }
    return .unmapped
  }

  private func rename(
    _ topic: Span<UInt8>, _ here: Side, _ there: Side, into name: inout Slab<UInt8>
  ) -> RenamedTopic {
    // "a/#" with the prefix "a/" also matches "a", of which nothing would be left.
    guard topic.count >= here.prefixCount else { return .invalid }
    let rest = topic.extracting(here.prefixCount..<topic.count)
    let prefix = bytes(there.matched).extracting(0..<there.prefixCount)
    let size = prefix.count + rest.count
    guard size > 0, size <= topicMaximumLength else { return .invalid }
    name.removeAll()
    name.append(contentsOf: prefix)
    name.append(contentsOf: rest)
    return .renamed
  }
}

/// Whether a Topic Filter is that of a Shared Subscription [MQTT5 4.8.2].
func isSharedFilter(_ filter: Span<UInt8>) -> Bool { shareNameCount(of: filter) > 0 }

/// The octets of "$share/NAME/" at the start of a Topic Filter; 0 where it is not shared.
private func shareNameCount(of filter: Span<UInt8>) -> Int {
  guard let shared = SharedFilter(filter), shared.isShared else { return 0 }
  return filter.count - shared.filter.count
}

import MQTTTerms
import Slabs

/// Who gets a message on a topic, remembered for the topics seen last.
///
/// Direct-mapped and bounded: another topic with the same slot simply takes it over. Any change of
/// a subscription makes every entry stale.
struct TopicCache: ~Copyable {
  struct Entry: ~Copyable {
    var hash: UInt64 = 0
    var epoch: UInt32 = 0
    var topic = Slab<UInt8>()
    /// Each session once, with the highest QoS of its matching filters [MQTT-3.3.5-1], and each
    /// share.
    var subscribers = Slab<Subscriber>()
    /// Further Subscription Identifiers of sessions that have several.
    var further = Slab<Further>()
  }

  /// One more Subscription Identifier of a session.
  struct Further: BitwiseCopyable {
    var session: UInt32
    var identifier: UInt32
  }

  private var entries = Slab<Entry>()
  private var epoch: UInt32 = 1
  private let hash: NameHash
  private static let smallest = 64
  private static let largest = 16_384
  private var evictions = 0
  /// Octets written into entries since all were made: at least what they hold.
  private(set) var octets = 0
  /// Above this the entries are made anew: topics and lists of subscribers may be long.
  static let octetLimit = 1 << 24

  init(hash: NameHash) {
    self.hash = hash
    fill(Self.smallest)
  }

  /// Makes every entry stale.
  mutating func invalidate() {
    epoch &+= 1
    if epoch == 0 {
      // The stale ones of four thousand million changes ago would look fresh again.
      for index in 0..<entries.count { entries[index].epoch = 0 }
      epoch = 1
    }
  }

  /// The entry of `topic`, and whether it is fresh; if not, the caller fills it in.
  mutating func entry(for topic: Span<UInt8>) -> (index: Int, isFresh: Bool) {
    let hash = hash(topic)
    let index = Int(truncatingIfNeeded: hash) & (entries.count - 1)
    if entries[index].epoch == epoch {
      if entries[index].hash == hash, isSameName(entries[index].topic.span, topic) {
        return (index, true)
      }
      evictions += 1
      if evictions > entries.count, entries.count < Self.largest {
        fill(entries.count * 4)
        return entry(for: topic)
      }
    }
    octets += topic.count
    if octets > Self.octetLimit { fill(entries.count) }
    claim(index, topic, hash)
    return (index, false)
  }

  /// Whether the entry at `index` is fresh and that of `topic`.
  mutating func holds(_ topic: Span<UInt8>, at index: Int) -> Bool {
    index < entries.count && entries[index].epoch == epoch
      && isSameName(entries[index].topic.span, topic)
  }

  /// How many sessions get the message.
  func count(_ index: Int) -> Int { entries[index].subscribers.count }

  /// One of them.
  func subscriber(_ index: Int, _ k: Int) -> Subscriber { entries[index].subscribers[k] }

  /// Adds one.
  mutating func append(_ subscriber: Subscriber, to index: Int) {
    octets += MemoryLayout<Subscriber>.stride
    entries[index].subscribers.append(subscriber)
  }

  /// Adds another matching subscription of the session that stands at `k`: the highest QoS of all
  /// counts [MQTT-3.3.5-1] [MQTT5-3.3.4-2], and all identifiers [MQTT5-3.3.4-4].
  mutating func merge(_ other: Subscriber, into k: Int, of index: Int) {
    var merged = entries[index].subscribers[k]
    merged.qos = max(merged.qos, other.qos)
    if other.flags.contains(.isIdentified) {
      if merged.flags.contains(.isIdentified) {
        octets += MemoryLayout<Further>.stride
        entries[index].further.append(
          Further(session: other.session, identifier: other.identifier))
      }
      merged.identifier =
        merged.flags.contains(.isIdentified) ? merged.identifier : other.identifier
    }
    let isMixed = merged.flags.contains(.isNoLocal) != other.flags.contains(.isNoLocal)
    merged.flags.formUnion(other.flags)
    if isMixed {
      merged.flags.remove(.isNoLocal)
      merged.flags.insert(.isPartlyLocal)
    }
    entries[index].subscribers[k] = merged
  }

  /// Appends all Subscription Identifiers of one; true when there is more than one.
  func identifiers(_ index: Int, _ k: Int, to run: inout Slab<UInt32>) -> Bool {
    let subscriber = entries[index].subscribers[k]
    run.append(subscriber.identifier)
    for place in 0..<entries[index].further.count
    where entries[index].further[place].session == subscriber.session {
      run.append(entries[index].further[place].identifier)
    }
    return run.count > 1
  }

  private mutating func claim(_ index: Int, _ topic: Span<UInt8>, _ hash: UInt64) {
    entries[index].hash = hash
    entries[index].epoch = epoch
    entries[index].topic.removeAll()
    entries[index].topic.append(contentsOf: topic)
    entries[index].subscribers.removeAll()
    entries[index].further.removeAll()
  }

  private mutating func fill(_ size: Int) {
    evictions = 0
    octets = 0
    entries = Slab(capacity: size)
    for _ in 0..<size { entries.append(Entry()) }
  }
}

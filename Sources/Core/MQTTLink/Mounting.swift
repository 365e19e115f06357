import MQTTTerms
import SessionLink
import Slabs

/// What stands before every topic of a connection, and room for one topic with it.
struct Mount: ~Copyable {
  private var prefix = Slab<UInt8>()
  private var room = Slab<UInt8>()

  /// Takes another prefix.
  mutating func set(_ prefix: Span<UInt8>) {
    self.prefix.removeAll()
    self.prefix.append(contentsOf: prefix)
  }

  /// What `place` has made last.
  var placed: Span<UInt8> { @_lifetime(borrow self) borrowing get { room.span } }

  /// Puts the prefix into a topic, behind its first `head` octets.
  mutating func place(_ topic: Span<UInt8>, behind head: Int) {
    // The one before may have been a long one.
    var next = Slab<UInt8>()
    if room.count <= 4096 { swap(&next, &room) }
    next.removeAll()
    next.append(contentsOf: topic.extracting(0..<head))
    next.append(contentsOf: prefix.span)
    next.append(contentsOf: topic.extracting(head..<topic.count))
    room = next
  }

  /// Whether a topic is below the prefix.
  func holds(_ topic: Span<UInt8>) -> Bool {
    topic.count > prefix.count && isSameName(topic.extracting(0..<prefix.count), prefix.span)
  }
}

extension Connection {
  /// Has all topics of the peer begin with `prefix`, as the hub knows them; the peer does not see it.
  public mutating func mount(at prefix: Span<UInt8>) {
    makeExtras()
    extras[].mount.set(prefix)
    mountCount = prefix.count
  }

  /// Whether the peer's topics are others than the hub's.
  @inline(__always)
  public var isMounted: Bool { mountCount > 0 }

  /// Whether a topic of the hub is one of the peer's.
  public func sees(_ topic: Span<UInt8>) -> Bool { !isMounted || extras[].mount.holds(topic) }

  /// A topic of the peer as the hub knows it, nil where that is too long. It stays as it is until the
  /// next one.
  @_lifetime(copy topic)
  mutating func mounted(_ topic: Span<UInt8>, behind head: Int = 0) -> Span<UInt8>? {
    guard isMounted else { return topic }
    guard mountCount + topic.count <= topicMaximumLength else { return nil }
    extras[].mount.place(topic, behind: head)
    return _overrideLifetime(extras[].mount.placed, copying: topic)
  }

  /// The same for a filter, perhaps of a shared subscription. What is no filter stays none.
  @_lifetime(copy filter)
  mutating func mounted(filter: Span<UInt8>) -> Span<UInt8>? {
    guard isMounted, let shared = SharedFilter(filter), !shared.filter.isEmpty else {
      return filter
    }
    return mounted(filter, behind: filter.count - shared.filter.count)
  }
}

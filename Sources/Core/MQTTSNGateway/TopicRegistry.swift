import Slabs

/// The normal topic ids of one node: one name, one id [SN 6.5].
///
/// Ids start at 1 and rise by 1, so that 0x0000 and 0xFFFF are never assigned. A name keeps its id
/// while the registry lives, also when the node has to be told again.
struct TopicRegistry: ~Copyable {
  struct Entry: BitwiseCopyable {
    var start: UInt32
    var count: UInt32
    var hash: UInt32
    /// Whether the node has been told the id and has taken it.
    var isKnown: Bool
  }

  private var entries = Slab<Entry>()
  private var names = Slab<UInt8>()

  /// The number of ids.
  var count: Int { entries.count }

  /// The name behind `id`.
  @_lifetime(borrow self)
  func name(of id: UInt16) -> Span<UInt8>? {
    guard contains(id) else { return nil }
    return name(at: Int(id) - 1)
  }

  /// Whether `id` was assigned.
  func contains(_ id: UInt16) -> Bool { id >= 1 && Int(id) <= entries.count }

  /// The id of `name`.
  func id(of name: Span<UInt8>) -> UInt16? {
    let hash = Self.hash(name)
    for index in 0..<entries.count
    where entries[index].hash == hash && isSameName(self.name(at: index), name) {
      return UInt16(truncatingIfNeeded: index + 1)
    }
    return nil
  }

  /// Whether the node knows `id`.
  func isKnown(_ id: UInt16) -> Bool { contains(id) && entries[Int(id) - 1].isKnown }

  /// The id of `name`, a new one if need be; nothing when the limits are reached.
  mutating func assign(_ name: Span<UInt8>, limits: borrowing GatewayLimits) -> UInt16? {
    if let id = id(of: name) { return id }
    guard entries.count < min(limits.topicsPerNode, 65_534),
      names.count + name.count <= limits.topicOctetsPerNode
    else { return nil }
    entries.append(
      Entry(
        start: UInt32(truncatingIfNeeded: names.count),
        count: UInt32(truncatingIfNeeded: name.count), hash: Self.hash(name), isKnown: false))
    names.append(contentsOf: name)
    return UInt16(truncatingIfNeeded: entries.count)
  }

  /// Notes whether the node knows `id`.
  mutating func setKnown(_ id: UInt16, _ isKnown: Bool) {
    if contains(id) { entries[Int(id) - 1].isKnown = isKnown }
  }

  /// The node may have forgotten all it was told.
  mutating func forgetKnowledge() {
    for index in 0..<entries.count { entries[index].isKnown = false }
  }

  /// Forgets every name.
  mutating func removeAll() {
    entries.removeAll()
    names.removeAll()
  }

  @_lifetime(borrow self)
  private func name(at index: Int) -> Span<UInt8> {
    let start = Int(entries[index].start)
    return names.span.extracting(start..<start + Int(entries[index].count))
  }

  /// Saves most comparisons. It is not seeded: a node that makes its names collide slows the search
  /// among its own few hundred, which the limit bounds.
  private static func hash(_ name: Span<UInt8>) -> UInt32 {
    UInt32(truncatingIfNeeded: NameHash(seed: 0)(name))
  }
}

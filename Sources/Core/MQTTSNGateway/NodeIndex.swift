import Slabs

/// Nodes by the hash of something that they have: a hash table with open addressing that keeps no
/// keys, because the nodes do. Peers choose the keys, so the hash is to be seeded.
struct NodeIndex: ~Copyable {
  struct Entry: BitwiseCopyable {
    var hash: UInt32
    /// The node's index, or `vacant`.
    var node: UInt32
  }

  private static let vacant = UInt32.max

  private var entries = Slab<Entry>()
  private(set) var count = 0

  /// The next node under `hash`. `position` starts as `start(of:)` and goes on with each answer;
  /// the caller looks whether it is the one that is meant.
  func next(_ hash: UInt32, from position: inout Int) -> Int? {
    guard count > 0 else { return nil }
    while true {
      let entry = entries[position & (entries.count - 1)]
      if entry.node == Self.vacant { return nil }
      position += 1
      if entry.hash == hash { return Int(entry.node) }
    }
  }

  /// Where the search for `hash` starts.
  static func start(of hash: UInt32) -> Int { Int(hash) }

  /// Notes a node under `hash`, where it does not stand yet.
  mutating func insert(_ hash: UInt32, _ node: Int) {
    if (count + 1) * 4 > entries.count * 3 { grow() }
    place(Entry(hash: hash, node: UInt32(truncatingIfNeeded: node)))
    count += 1
  }

  /// Forgets the node under `hash`, if it stands there.
  mutating func remove(_ hash: UInt32, _ node: Int) {
    guard var hole = position(hash, node) else { return }
    count -= 1
    let mask = entries.count - 1
    var index = (hole + 1) & mask
    // Close the gap, so that no search ends early: move back what may stand in the hole.
    while entries[index].node != Self.vacant {
      if (index - Int(entries[index].hash)) & mask >= (index - hole) & mask {
        entries[hole] = entries[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    entries[hole].node = Self.vacant
  }

  private func position(_ hash: UInt32, _ node: Int) -> Int? {
    var position = Self.start(of: hash)
    while let found = next(hash, from: &position) {
      if found == node { return (position - 1) & (entries.count - 1) }
    }
    return nil
  }

  private mutating func place(_ entry: Entry) {
    let mask = entries.count - 1
    var index = Int(entry.hash) & mask
    while entries[index].node != Self.vacant { index = (index + 1) & mask }
    entries[index] = entry
  }

  private mutating func grow() {
    let size = max(entries.count * 2, 16)
    var old = Slab<Entry>(capacity: size)
    for _ in 0..<size { old.append(Entry(hash: 0, node: Self.vacant)) }
    swap(&entries, &old)
    for index in 0..<old.count where old[index].node != Self.vacant { place(old[index]) }
  }
}

import Slabs

/// Which node lives at which address: a hash table with open addressing.
///
/// Addresses are the peers' choice, so the hash is seeded.
struct AddressTable: ~Copyable {
  struct Entry: BitwiseCopyable {
    var address: NodeAddress
    /// The node's index, or `vacant`.
    var node: UInt32
  }

  private static let vacant = UInt32.max

  private let seed: UInt64
  private var entries = Slab<Entry>()
  private(set) var count = 0

  init(seed: UInt64) { self.seed = seed }

  /// The node at `address`.
  subscript(address: NodeAddress) -> Int? {
    guard let index = position(of: address) else { return nil }
    return Int(entries[index].node)
  }

  /// Notes that the node `node` lives at `address`, where none lives yet.
  mutating func insert(_ address: NodeAddress, node: Int) {
    if (count + 1) * 4 > entries.count * 3 { grow() }
    place(Entry(address: address, node: UInt32(truncatingIfNeeded: node)))
    count += 1
  }

  /// Forgets who lives at `address`.
  mutating func remove(_ address: NodeAddress) {
    guard var hole = position(of: address) else { return }
    count -= 1
    let mask = entries.count - 1
    var index = (hole + 1) & mask
    // Close the gap, so that no search ends early: move back what may stand in the hole.
    while entries[index].node != Self.vacant {
      if (index - home(of: entries[index].address)) & mask >= (index - hole) & mask {
        entries[hole] = entries[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    entries[hole].node = Self.vacant
  }

  private func home(of address: NodeAddress) -> Int {
    let place = UInt64(address.wireless) << 16 | UInt64(address.line)
    var hash = NameHash.mix(seed ^ place, 0x9E37_79B9_7F4A_7C15)
    hash = NameHash.mix(hash ^ address.words.first, 0xE703_7ED1_A0B4_28DB)
    hash = NameHash.mix(hash ^ address.words.second, 0x8EBC_6AF0_9C88_C6E3)
    hash = NameHash.mix(hash ^ address.words.third, 0x5896_5C6B_5F6E_4D35)
    return Int(truncatingIfNeeded: hash) & (entries.count - 1)
  }

  private func position(of address: NodeAddress) -> Int? {
    guard count > 0 else { return nil }
    var index = home(of: address)
    while entries[index].node != Self.vacant {
      if entries[index].address == address { return index }
      index = (index + 1) & (entries.count - 1)
    }
    return nil
  }

  private mutating func place(_ entry: Entry) {
    var index = home(of: entry.address)
    while entries[index].node != Self.vacant { index = (index + 1) & (entries.count - 1) }
    entries[index] = entry
  }

  private mutating func grow() {
    let size = max(entries.count * 2, 16)
    var old = Slab<Entry>(capacity: size)
    for _ in 0..<size { old.append(Entry(address: NodeAddress(line: 0), node: Self.vacant)) }
    swap(&entries, &old)
    for index in 0..<old.count where old[index].node != Self.vacant { place(old[index]) }
  }
}

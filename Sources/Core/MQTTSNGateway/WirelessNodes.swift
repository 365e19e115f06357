import Slabs

/// The wireless nodes behind forwarders [SN 5.5], each under a number that fits into a
/// `NodeAddress`: an id has up to 252 octets.
///
/// A number lasts while a node lives there. The last 64 others are remembered for a while, so that
/// one who has just left is known when it repeats itself.
struct WirelessNodes: ~Copyable {
  /// What a number stands for.
  struct Entry: ~Copyable {
    /// Line, forwarder's address and id as octets: the name under which the number is found.
    var key: Slab<UInt8>
    /// How far the forwarder is to send [SN 5.5]: as it said itself last.
    var radius: UInt8
    var isHeld = false
  }

  private static let idleCapacity = 64
  /// The octets of a key before the id.
  private static let prefixCount = 26
  private static let indexBits: UInt32 = 20

  private var entries = SlotTable<Entry>()
  private var numbers: NameTable
  private var key = Slab<UInt8>()
  /// Numbers without a node, the oldest at `oldest` once there are as many as fit.
  private var idle = Slab<UInt32>()
  private var oldest = 0

  init(seed: UInt64) { numbers = NameTable(hash: NameHash(seed: seed)) }

  /// How many are remembered.
  var count: Int { entries.count }

  /// The number of a wireless node, a new one if need be.
  mutating func number(
    of nodeID: Span<UInt8>, line: UInt16, words: NodeAddress.Words, radius: UInt8
  ) -> UInt32 {
    makeKey(nodeID, line, words)
    if let number = numbers.value(of: key.span), let index = index(of: number) {
      entries[index].radius = radius
      return number
    }
    var entry = Entry(key: Slab(capacity: key.count), radius: radius)
    entry.key.append(contentsOf: key.span)
    let id = entries.insert(entry)
    let number = (id.generation << Self.indexBits) | (id.index &+ 1)
    Self.keep(number, under: key, in: &numbers)
    rest(number)
    return number
  }

  /// The id behind a number; empty for 0 and for one that is forgotten.
  @_lifetime(borrow self)
  func nodeID(of number: UInt32) -> Span<UInt8> {
    guard let index = index(of: number) else { return Span() }
    return entries[index].key.span.extracting(droppingFirst: Self.prefixCount)
  }

  /// The radius to send with.
  func radius(of number: UInt32) -> UInt8 { index(of: number).map { entries[$0].radius } ?? 0 }

  /// A node lives there now.
  mutating func hold(_ number: UInt32) {
    if let index = index(of: number) { entries[index].isHeld = true }
  }

  /// No node lives there any more.
  mutating func release(_ number: UInt32) {
    guard let index = index(of: number) else { return }
    entries[index].isHeld = false
    rest(number)
  }

  /// Remembers a number without a node, and forgets the one that was so longest.
  private mutating func rest(_ number: UInt32) {
    for position in 0..<idle.count where idle[position] == number { return }
    guard idle.count == Self.idleCapacity else { return idle.append(number) }
    forget(idle[oldest])
    idle[oldest] = number
    oldest = (oldest + 1) % Self.idleCapacity
  }

  private mutating func forget(_ number: UInt32) {
    guard let index = index(of: number), !entries[index].isHeld, let id = entries.id(at: index)
    else { return }
    guard let entry = entries.remove(id) else { return }
    numbers.remove(entry.key.span)
  }

  private static func keep(
    _ number: UInt32, under key: borrowing Slab<UInt8>, in numbers: inout NameTable
  ) {
    numbers.set(key.span, to: number)
  }

  private func index(of number: UInt32) -> Int? {
    let slot = number & (1 << Self.indexBits - 1)
    guard slot > 0, let id = entries.id(at: Int(slot) - 1) else { return nil }
    let isSame = (id.generation << Self.indexBits) | slot == number
    return isSame ? Int(slot) - 1 : nil
  }

  private mutating func makeKey(
    _ nodeID: Span<UInt8>, _ line: UInt16, _ words: NodeAddress.Words
  ) {
    key.removeAll()
    append(UInt64(line), octets: 2)
    append(words.first, octets: 8)
    append(words.second, octets: 8)
    append(words.third, octets: 8)
    key.append(contentsOf: nodeID)
  }

  private mutating func append(_ word: UInt64, octets: UInt64) {
    for octet in 0..<octets { key.append(UInt8(truncatingIfNeeded: word >> (8 * octet))) }
  }
}

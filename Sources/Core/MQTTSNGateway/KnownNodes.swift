import Slabs

/// Which nodes are known by name, who they are for the hub, and where they may be. MQTT-SN 1.2 has
/// no user names: they are given here.
///
/// What a configuration holds; datagrams never make it grow.
public struct KnownNodes: ~Copyable {
  /// Where a node may be.
  public enum Place: BitwiseCopyable, Sendable {
    /// Anywhere.
    case anywhere
    /// Nowhere: it does not get in.
    case nowhere
    /// On the line with that number.
    case line(UInt16)
    /// Where the words of its address are these, as far as the mask has ones.
    case address(NodeAddress.Words, mask: NodeAddress.Words)

    func contains(_ address: NodeAddress) -> Bool {
      switch self {
      case .anywhere: true
      case .nowhere: false
      case .line(let line): address.line == line
      case .address(let words, let mask): address.words.masked(by: mask) == words.masked(by: mask)
      }
    }

  }

  /// What holds for nodes that are not listed.
  public enum Unlisted: Sendable {
    /// They are anonymous clients like others.
    case anonymous
    /// They get in, whether or not anonymous clients do.
    case allowed
    /// They do not get in.
    case refused
  }

  /// What the list says of a node.
  enum Standing: BitwiseCopyable, Equatable {
    /// It is listed, here.
    case listed(Int)
    /// It is listed, and may not be where it is.
    case misplaced
    /// It is not listed.
    case unlisted
  }

  struct Entry: ~Copyable {
    var userName: Slab<UInt8>
    /// One of them is enough.
    var places: Slab<Place>
  }

  /// What holds for nodes that are not listed.
  public var unlisted = Unlisted.anonymous
  private var entries = Slab<Entry>()
  private var entryOfClient: NameTable
  /// The first node of each place.
  private var owners = NodeIndex()
  /// The masks of all places: as many as there are kinds of addresses.
  private var masks = Slab<NodeAddress.Words>()
  private let seed: UInt64

  /// An empty list.
  public init(seed: UInt64) {
    self.seed = seed
    entryOfClient = NameTable(hash: NameHash(seed: seed))
  }

  /// Lists the node `clientID` as `userName`. One that is listed already keeps its user name and may
  /// be at `place` as well.
  public mutating func append(clientID: Span<UInt8>, userName: Span<UInt8>, place: Place) {
    let index = entryOfClient.value(of: clientID).map { Int($0) } ?? entries.count
    if index == entries.count {
      entryOfClient.set(clientID, to: UInt32(truncatingIfNeeded: index))
      entries.append(Entry(userName: Slab(), places: Slab()))
      entries[index].userName.append(contentsOf: userName)
    }
    entries[index].places.append(place)
    noteOwner(index, of: place)
  }

  /// What the list says of a node at an address.
  func standing(of clientID: Span<UInt8>, at address: NodeAddress) -> Standing {
    guard let entry = entryOfClient.value(of: clientID).map({ Int($0) }) else { return .unlisted }
    return mayBe(entry, at: address) ? .listed(entry) : .misplaced
  }

  /// The node that is listed first of those with a place of their own at an address.
  func owner(of address: NodeAddress) -> Int? {
    guard owners.count > 0 else { return nil }
    var owner = owner(of: address, hash(ofLine: address.line))
    for index in 0..<masks.count {
      guard let other = self.owner(of: address, hash(of: address.words, masks[index])) else {
        continue
      }
      owner = min(other, owner ?? other)
    }
    return owner
  }

  /// The user name of a listed node.
  @_lifetime(borrow self)
  func userName(at index: Int) -> Span<UInt8> { entries[index].userName.span }

  private func mayBe(_ entry: Int, at address: NodeAddress) -> Bool {
    for index in 0..<entries[entry].places.count
    where entries[entry].places[index].contains(address) { return true }
    return false
  }

  /// Everybody is anywhere, so that it is nobody's.
  private mutating func noteOwner(_ entry: Int, of place: Place) {
    switch place {
    case .anywhere, .nowhere: break
    case .line(let line):
      noteOwner(entry, of: NodeAddress(line: line), hash(ofLine: line))
    case .address(let words, let mask):
      var isNew = true
      for index in 0..<masks.count where masks[index] == mask { isNew = false }
      if isNew { masks.append(mask) }
      noteOwner(entry, of: NodeAddress(line: 0, words: words), hash(of: words, mask))
    }
  }

  private mutating func noteOwner(_ entry: Int, of address: NodeAddress, _ hash: UInt32) {
    if owner(of: address, hash) == nil { owners.insert(hash, entry) }
  }

  private func owner(of address: NodeAddress, _ hash: UInt32) -> Int? {
    var position = NodeIndex.start(of: hash)
    while let entry = owners.next(hash, from: &position) {
      if mayBe(entry, at: address) { return entry }
    }
    return nil
  }

  private func hash(ofLine line: UInt16) -> UInt32 {
    UInt32(truncatingIfNeeded: NameHash.mix(seed ^ UInt64(line), 0x9E37_79B9_7F4A_7C15))
  }

  private func hash(of words: NodeAddress.Words, _ mask: NodeAddress.Words) -> UInt32 {
    words.masked(by: mask).hash(seed)
  }
}

extension NodeAddress.Words {
  /// A hash; peers choose their addresses, so the seed must not be known to them.
  func hash(_ seed: UInt64) -> UInt32 {
    var hash = NameHash.mix(seed ^ first, 0xE703_7ED1_A0B4_28DB)
    hash = NameHash.mix(hash ^ second, 0x8EBC_6AF0_9C88_C6E3)
    hash = NameHash.mix(hash ^ third, 0x5896_5C6B_5F6E_4D35)
    return UInt32(truncatingIfNeeded: hash)
  }

  fileprivate func masked(by mask: Self) -> Self {
    Self(first & mask.first, second & mask.second, third & mask.third)
  }
}

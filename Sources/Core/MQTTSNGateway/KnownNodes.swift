import Slabs

/// Which nodes are known by name, who they are for the hub, and where they may be. MQTT-SN 1.2 has
/// no user names: they are given here.
public struct KnownNodes: ~Copyable {
  /// Where a node may be.
  public enum Place: BitwiseCopyable, Sendable {
    /// Anywhere.
    case anywhere
    /// On the line with that number.
    case line(UInt16)
    /// Where the words of its address are these, as far as the mask has ones.
    case address(NodeAddress.Words, mask: NodeAddress.Words)

    func contains(_ address: NodeAddress) -> Bool {
      switch self {
      case .anywhere: true
      case .line(let line): address.line == line
      case .address(let words, let mask): address.words.masked(by: mask) == words.masked(by: mask)
      }
    }

    var isAnywhere: Bool { if case .anywhere = self { true } else { false } }
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
    var place: Place
  }

  /// What holds for nodes that are not listed.
  public var unlisted = Unlisted.anonymous
  private var entries = Slab<Entry>()
  private var entryOfClient: NameTable

  /// An empty list.
  public init(seed: UInt64) { entryOfClient = NameTable(hash: NameHash(seed: seed)) }

  /// Lists the node `clientID`, once, as `userName`.
  public mutating func append(clientID: Span<UInt8>, userName: Span<UInt8>, place: Place) {
    entryOfClient.set(clientID, to: UInt32(truncatingIfNeeded: entries.count))
    var entry = Entry(userName: Slab(), place: place)
    entry.userName.append(contentsOf: userName)
    entries.append(entry)
  }

  /// What the list says of a node at an address.
  func standing(of clientID: Span<UInt8>, at address: NodeAddress) -> Standing {
    guard let entry = entryOfClient.value(of: clientID).map({ Int($0) }) else { return .unlisted }
    return entries[entry].place.contains(address) ? .listed(entry) : .misplaced
  }

  /// The first node that may be at an address and not everywhere.
  func owner(of address: NodeAddress) -> Int? {
    for index in 0..<entries.count
    where !entries[index].place.isAnywhere && entries[index].place.contains(address) {
      return index
    }
    return nil
  }

  /// The user name of a listed node.
  @_lifetime(borrow self)
  func userName(at index: Int) -> Span<UInt8> { entries[index].userName.span }
}

extension NodeAddress.Words {
  fileprivate func masked(by mask: Self) -> Self {
    Self(first & mask.first, second & mask.second, third & mask.third)
  }
}

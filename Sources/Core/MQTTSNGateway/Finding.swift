import SessionLink
import Slabs

// Which node is meant: by its address, and by its client identifier.
extension Gateway {
  /// The node that lives at `address`.
  func node(at address: NodeAddress) -> Int? {
    let hash = hash(of: address)
    var position = NodeIndex.start(of: hash)
    while let index = addresses.next(hash, from: &position) {
      if nodes[index].address == address { return index }
    }
    return nil
  }

  /// The node that has the session of `clientID`.
  func node(named clientID: Span<UInt8>) -> Int? {
    let hash = hash(of: clientID)
    var position = NodeIndex.start(of: hash)
    while let index = names.next(hash, from: &position) {
      if isNamed(index, clientID) { return index }
    }
    return nil
  }

  /// Whether the node has that client identifier.
  func isNamed(_ index: Int, _ clientID: Span<UInt8>) -> Bool {
    isSameName(nodes[index].clientID.span, clientID)
  }

  /// Notes that a node lives at its address now, where nobody lives yet.
  mutating func noteAddress(of index: Int) {
    addresses.insert(hash(of: nodes[index].address), index)
    wirelessNodes.hold(nodes[index].address.wireless)
  }

  /// Notes that the node does not live at its address any more.
  mutating func forgetAddress(of index: Int) {
    addresses.remove(hash(of: nodes[index].address), index)
    wirelessNodes.release(nodes[index].address.wireless)
  }

  /// The node has the session of its client identifier now, whoever had it before.
  mutating func noteName(of index: Int) {
    let hash = hash(of: nodes[index].clientID.span)
    if let before = node(named: nodes[index].clientID.span) { names.remove(hash, before) }
    names.insert(hash, index)
  }

  /// The node is not found by its client identifier any more.
  mutating func forgetName(of index: Int) {
    names.remove(hash(of: nodes[index].clientID.span), index)
  }

  private func hash(of clientID: Span<UInt8>) -> UInt32 {
    UInt32(truncatingIfNeeded: NameHash(seed: seed)(clientID))
  }

  private func hash(of address: NodeAddress) -> UInt32 {
    let place = UInt64(address.wireless) << 16 | UInt64(address.line)
    var hash = NameHash.mix(seed ^ place, 0x9E37_79B9_7F4A_7C15)
    hash = NameHash.mix(hash ^ address.words.first, 0xE703_7ED1_A0B4_28DB)
    hash = NameHash.mix(hash ^ address.words.second, 0x8EBC_6AF0_9C88_C6E3)
    hash = NameHash.mix(hash ^ address.words.third, 0x5896_5C6B_5F6E_4D35)
    return UInt32(truncatingIfNeeded: hash)
  }
}

import SessionLink
import Slabs

/// The name of an identity. `none` is the broker's own.
typealias IdentityID = UInt32

/// Who has a session or has left a retained message: kept as long as one of them needs it.
struct Identities: ~Copyable {
  struct Identity: ~Copyable {
    var clientID: Slab<UInt8>
    var userName: Slab<UInt8>
    var hasUserName: Bool
    var address: PeerAddress
    var references = 1
  }

  static var none: IdentityID { .max }

  private var table = SlotTable<Identity>()

  /// Copies an identity in, with one reference.
  mutating func insert(
    clientID: Span<UInt8>, userName: Span<UInt8>?, address: PeerAddress
  ) -> IdentityID {
    var id = Slab<UInt8>(capacity: clientID.count)
    id.append(contentsOf: clientID)
    var name = Slab<UInt8>()
    if let userName { name.append(contentsOf: userName) }
    let identity = Identity(
      clientID: id, userName: name, hasUserName: userName != nil, address: address)
    return table.insert(identity).index
  }

  mutating func retain(_ id: IdentityID) {
    if id != Self.none { table[Int(id)].references += 1 }
  }

  mutating func release(_ id: IdentityID) {
    guard id != Self.none else { return }
    table[Int(id)].references -= 1
    if table[Int(id)].references == 0, let slot = table.id(at: Int(id)) { _ = table.remove(slot) }
  }

  /// The Client Identifier.
  @_lifetime(borrow self)
  func clientID(_ id: IdentityID) -> Span<UInt8> {
    let span = table[Int(id)].clientID.span
    return _overrideLifetime(span, borrowing: self)
  }

  /// The identity for those who judge it.
  @_lifetime(borrow self)
  func peer(_ id: IdentityID) -> Peer {
    let name = _overrideLifetime(table[Int(id)].userName.span, borrowing: self)
    return Peer(
      clientID: clientID(id), userName: table[Int(id)].hasUserName ? name : nil,
      address: table[Int(id)].address)
  }

  /// How many there are.
  var count: Int { table.count }
}

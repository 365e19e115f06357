import SessionLink
import Slabs

/// The name of an identity. `none` is the broker's own.
typealias IdentityID = UInt32

/// Who has a session or has left a retained message: kept as long as one of them needs it.
struct Identities: ~Copyable {
  struct Identity: ~Copyable {
    /// The Client Identifier, then the user name.
    var names: Slab<UInt8>
    var address: PeerAddress
    /// Which of the policies holds.
    var policy: UInt16
    var clientIDCount: UInt32
    var hasUserName: Bool
    var isTrusted: Bool
    var references: UInt32 = 1
  }

  static var none: IdentityID { .max }

  private var table = SlotTable<Identity>()

  /// Copies an identity in, with one reference.
  mutating func insert(
    clientID: Span<UInt8>, userName: Span<UInt8>?, address: PeerAddress, policy: UInt16,
    isTrusted: Bool
  ) -> IdentityID {
    var names = Slab<UInt8>(capacity: clientID.count + (userName?.count ?? 0))
    names.append(contentsOf: clientID)
    if let userName { names.append(contentsOf: userName) }
    let identity = Identity(
      names: names, address: address, policy: policy,
      clientIDCount: UInt32(truncatingIfNeeded: clientID.count), hasUserName: userName != nil,
      isTrusted: isTrusted)
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
    let names = table[Int(id)].names.span
    let span = names.extracting(0..<Int(table[Int(id)].clientIDCount))
    return _overrideLifetime(span, borrowing: self)
  }

  /// The number of the policy that holds.
  func policy(_ id: IdentityID) -> UInt16 { table[Int(id)].policy }

  /// The identity for those who judge it.
  @_lifetime(borrow self)
  func peer(_ id: IdentityID) -> Peer {
    let names = table[Int(id)].names.span
    let name = _overrideLifetime(
      names.extracting(Int(table[Int(id)].clientIDCount)..<names.count), borrowing: self)
    return Peer(
      clientID: clientID(id), userName: table[Int(id)].hasUserName ? name : nil,
      address: table[Int(id)].address, isTrusted: table[Int(id)].isTrusted)
  }

  /// How many there are.
  var count: Int { table.count }
}

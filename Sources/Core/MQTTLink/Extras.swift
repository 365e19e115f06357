import SessionLink
import Slabs

/// What only some connections of 5.0 have.
struct Extras: ~Copyable {
  /// The Authentication Method of the CONNECT; empty for none.
  var authenticationMethod = Slab<UInt8>()
  var incomingAliases = IncomingAliases()
  var outgoingAliases = OutgoingAliases(maximum: 0, seed: 0)
  /// The properties of a message that travel on, where some of them do not.
  var carried = Slab<UInt8>()
  /// The user name that the peer's certificate says; empty where none does.
  var vouchedName = Slab<UInt8>()
  /// What stands before every topic.
  var mount = Mount()
}

extension Connection {
  /// Makes room for what only some connections have.
  mutating func makeExtras() { if !extras.isThere { extras.make(Extras()) } }

  /// The Authentication Method of the CONNECT; empty for none.
  var authenticationMethod: Span<UInt8> {
    @_lifetime(borrow self) borrowing get {
      guard extras.isThere else { return Span() }
      return _overrideLifetime(extras[].authenticationMethod.span, borrowing: self)
    }
  }

  /// The peer has shown by other means than MQTT's that it is the user of that name: the name in its
  /// CONNECT counts no more, and no password is asked for.
  public mutating func vouch(for userName: Span<UInt8>) {
    makeExtras()
    extras[].vouchedName.removeAll()
    extras[].vouchedName.append(contentsOf: userName)
  }

  /// The user name that `vouch` gave.
  var vouchedName: Span<UInt8>? {
    @_lifetime(borrow self) borrowing get {
      guard extras.isThere, !extras[].vouchedName.isEmpty else { return nil }
      return _overrideLifetime(extras[].vouchedName.span, borrowing: self)
    }
  }

  /// Whether Topic Aliases are used toward the peer, so that its packets are its own.
  public var usesTopicAliases: Bool { extras.isThere && extras[].outgoingAliases.maximum > 0 }
}

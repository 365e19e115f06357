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

  /// Whether Topic Aliases are used toward the peer, so that its packets are its own.
  public var usesTopicAliases: Bool { extras.isThere && extras[].outgoingAliases.maximum > 0 }
}

import SessionLink
import Slabs

/// Who may do what. Without authenticator and rules everybody may do everything, once connected.
public struct AccessPolicy: Sendable {
  /// Whether peers without a login may connect.
  public var allowsAnonymous: Bool
  /// Who tells whether peers are who they say they are.
  public var authenticator: (any Authenticator)?
  /// Who tells what peers may do.
  public var rules: (any AccessRules)?
  /// Whether a peer may leave the choice of its Client Identifier to the broker.
  public var allowsEmptyClientIdentifier = true
  /// What the Client Identifiers begin with that the broker chooses.
  public var assignedPrefix = Array("auto-".utf8)
  /// What every Client Identifier must begin with.
  public var demandedPrefix: [UInt8] = []
  /// Whether the user name is the Client Identifier, whatever the peer says; without one it gets no
  /// session.
  public var identifiesByUserName = false

  /// Makes a policy.
  public init(
    allowsAnonymous: Bool, authenticator: (any Authenticator)? = nil,
    rules: (any AccessRules)? = nil
  ) {
    self.allowsAnonymous = allowsAnonymous
    self.authenticator = authenticator
    self.rules = rules
  }
}

/// Whom a decision is about.
public struct Peer: ~Escapable {
  /// The Client Identifier.
  public let clientID: Span<UInt8>
  /// The user name, where there is one.
  public let userName: Span<UInt8>?
  /// Where the peer is.
  public let address: PeerAddress

  @_lifetime(copy clientID, copy userName)
  init(clientID: Span<UInt8>, userName: Span<UInt8>?, address: PeerAddress) {
    self.clientID = clientID
    self.userName = userName
    self.address = address
  }
}

/// What a peer wants to do.
@frozen
public enum Access: UInt8, BitwiseCopyable, Sendable {
  /// To have a session.
  case connect
  /// To publish on a Topic Name.
  case publish
  /// To get a message on a Topic Name.
  case receive
  /// To subscribe to a Topic Filter, without the share's name.
  case subscribe
  /// To leave a will on a Topic Name.
  case will
  /// To unsubscribe from a Topic Filter, without the share's name.
  case unsubscribe
}

/// Tells what peers may do. Asked on the broker's own thread, so it answers at once.
public protocol AccessRules: AnyObject, Sendable {
  /// Whether `peer` may do that; `topic` is empty for `connect`.
  func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool
}

/// What a peer shows to be who it says it is.
public struct Login: ~Escapable {
  /// Who it says it is.
  public let peer: Peer
  /// Its password.
  public let password: Span<UInt8>?
  /// The way of an exchange of several steps, and the first one [MQTT5 4.12].
  public let step: AuthenticationStep?

  @_lifetime(copy peer, copy password, copy step)
  init(peer: consuming Peer, password: Span<UInt8>?, step: AuthenticationStep?) {
    self.peer = peer
    self.password = password
    self.step = step
  }
}

/// What an authenticator says of a login.
public enum LoginVerdict: Sendable, Equatable {
  /// The peer is who it says it is.
  case accepted
  /// It is not, or cannot show it.
  case refused(Refusal)
  /// It must send another step; the reply tells it what for.
  case unfinished
  /// The answer comes later, with `Broker.conclude`.
  case pending
}

/// Tells whether peers are who they say they are. It keeps the state of exchanges of several steps
/// by link.
public protocol Authenticator: AnyObject, Sendable {
  /// Judges a login, or the first step of an exchange; appends what the peer is to be told.
  func begin(
    _ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict

  /// Judges the next step of an exchange.
  func proceed(
    _ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict

  /// The user that a peer says to be in the exchange that it has begun; nil where nothing tells. It
  /// becomes the user name of a peer that has given none.
  func userName(of link: LinkID) -> [UInt8]?

  /// The link is gone, and its exchange with it.
  func forget(_ link: LinkID)
}

extension Authenticator {
  /// No exchange tells of a user.
  public func userName(of link: LinkID) -> [UInt8]? { nil }
}

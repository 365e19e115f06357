import MQTTTerms

/// A request for a session [MQTT 3.1].
public struct SessionRequest: ~Escapable, BitwiseCopyable {
  /// The Client Identifier; empty asks the hub for one.
  public let clientID: Span<UInt8>
  /// Whether a session of before is discarded first.
  public let isCleanStart: Bool
  /// How long the session lives after the connection, in seconds; `UInt32.max` for ever.
  public let sessionExpiry: UInt32
  /// What the peer can do.
  public let traits: LinkTraits
  /// Where the peer is.
  public let address: PeerAddress
  /// What is published when the peer is lost.
  public let will: WillRequest?
  /// Whether the link answers for who the peer is: nobody asks for a password then.
  public let isVouched: Bool
  /// Which of the hub's policies holds for the peer; 0 for the one of everybody.
  public let policy: UInt16
  /// Whether the rules of who may do what leave the peer alone: the one who makes the rules has also
  /// said what it does.
  public let isTrusted: Bool
  /// Whether nothing is delivered until the link resumes it.
  public let startsPaused: Bool
  /// The user name.
  public let userName: Span<UInt8>?
  /// The password.
  public let password: Span<UInt8>?
  /// The way of an exchange that shows who the peer is, and the first step of it [MQTT5 4.12].
  public let authentication: AuthenticationStep?

  /// A request of those parts.
  @inlinable
  @_lifetime(copy clientID, copy will, copy userName, copy password, copy authentication)
  public init(
    clientID: Span<UInt8>, isCleanStart: Bool, sessionExpiry: UInt32, traits: LinkTraits,
    address: PeerAddress = .unknown, isVouched: Bool = false, isTrusted: Bool = false,
    startsPaused: Bool = false, policy: UInt16 = 0, will: WillRequest? = nil,
    userName: Span<UInt8>? = nil, password: Span<UInt8>? = nil,
    authentication: AuthenticationStep? = nil
  ) {
    self.clientID = clientID
    self.isCleanStart = isCleanStart
    self.sessionExpiry = sessionExpiry
    self.traits = traits
    self.address = address
    self.isVouched = isVouched
    self.policy = policy
    self.isTrusted = isTrusted
    self.startsPaused = startsPaused
    self.will = will
    self.userName = userName
    self.password = password
    self.authentication = authentication
  }
}

/// Whose a message is that came without a session.
public struct Sender: ~Escapable, BitwiseCopyable {
  /// The user name, where the link knows one.
  public let userName: Span<UInt8>?
  /// Where the sender is.
  public let address: PeerAddress
  /// Whether the link answers for the sender: it counts as anonymous otherwise.
  public let isVouched: Bool

  /// A sender of those parts.
  @inlinable
  @_lifetime(copy userName)
  public init(userName: Span<UInt8>?, address: PeerAddress, isVouched: Bool) {
    self.userName = userName
    self.address = address
    self.isVouched = isVouched
  }

  /// Somebody of whom nothing is known.
  @inlinable public static var nobody: Sender {
    @_lifetime(immortal) get { Sender(userName: nil, address: .unknown, isVouched: false) }
  }
}

/// What a peer leaves with the hub, to be published when it is lost [MQTT 3.1.2.5].
public struct WillRequest: ~Escapable, BitwiseCopyable {
  /// The message; its Packet Identifier is none.
  public let message: IncomingPublish
  /// How long it waits for the peer to come back, in seconds [MQTT5 3.1.3.2.2].
  public let delay: UInt32

  /// A will of those parts.
  @inlinable
  @_lifetime(copy message)
  public init(_ message: IncomingPublish, delay: UInt32 = 0) {
    self.message = message
    self.delay = delay
  }
}

/// What a connected peer changes about its will [SN 6.4].
public enum WillUpdate: ~Escapable, BitwiseCopyable {
  /// Another topic, with another QoS and RETAIN; the message stays, empty where there was none.
  case topic(Span<UInt8>, QoS, isRetained: Bool)
  /// Another message; the topic stays.
  case message(Span<UInt8>)
  /// There is to be no will any more.
  case none
}

/// One step of a peer in an exchange that shows who it is [MQTT5 4.12].
public struct AuthenticationStep: ~Escapable, BitwiseCopyable {
  /// The name of the way.
  public let method: Span<UInt8>
  /// What the way wants sent.
  public let data: Span<UInt8>
  /// Whether a peer that is connected starts anew, instead of going on.
  public let isReauthentication: Bool

  /// A step of those parts.
  @inlinable
  @_lifetime(copy method, copy data)
  public init(method: Span<UInt8>, data: Span<UInt8>, isReauthentication: Bool = false) {
    self.method = method
    self.data = data
    self.isReauthentication = isReauthentication
  }
}

import MQTTTerms

/// How a session was opened.
@frozen
public struct Opening: BitwiseCopyable, Sendable {
  /// Whether there was a session of this Client Identifier.
  public var isSessionPresent: Bool
  /// Whether the hub chose the Client Identifier.
  public var isIdentifierAssigned: Bool
  /// The last octets of the exchange that showed who the peer is, in `CommandQueue.octets`.
  public var authenticationData: IndexRange

  /// An opening of those parts.
  @inlinable
  public init(
    isSessionPresent: Bool, isIdentifierAssigned: Bool = false,
    authenticationData: IndexRange = IndexRange(start: 0, end: 0)
  ) {
    self.isSessionPresent = isSessionPresent
    self.isIdentifierAssigned = isIdentifierAssigned
    self.authenticationData = authenticationData
  }
}

/// Why a hub gives no session [MQTT 3.2.2.3].
@frozen
public enum Refusal: BitwiseCopyable, Sendable, Equatable {
  /// The Client Identifier is not allowed (an empty one with a session to keep, too long).
  case clientIdentifierNotValid
  /// The peer may not connect.
  case notAuthorized
  /// The peer is not who it says it is.
  case badUserNameOrPassword
  /// There is no user of that name; the peer hears what it hears of a wrong password.
  case unknownUser
  /// The password is not the user's.
  case wrongPassword
  /// The hub does not know the way in which the peer wants to show who it is.
  case badAuthenticationMethod
  /// The payload of the will is said to be text and is none [MQTT5 3.1.3.2.3].
  case payloadFormatInvalid
  /// The hub is at one of its limits.
  case quotaExceeded
  /// The hub has too much to do just now.
  case busy
}

/// What became of a message of a peer.
@frozen
public enum Reception: UInt8, BitwiseCopyable, Sendable, Equatable {
  /// It was taken.
  case accepted
  /// It was taken, and nobody has subscribed to its topic.
  case withoutSubscribers
  /// The peer may not publish there.
  case notAuthorized
  /// It is larger than messages may be.
  case tooLarge
  /// There is no room for it.
  case quotaExceeded
  /// Its payload is said to be text and is none [MQTT5 3.3.2.3.2].
  case payloadFormatInvalid

  /// Whether the hub has not taken the message.
  @inlinable public var isRefusal: Bool { self != .accepted && self != .withoutSubscribers }
}

/// Why a hub closes a link.
@frozen
public enum Ejection: BitwiseCopyable, Sendable, Equatable {
  /// Another link opened with the same Client Identifier [MQTT-3.1.4-2].
  case takenOver
  /// The peer opened a second time [MQTT-3.1.0-2] or did something else out of order.
  case protocolError
  /// The peer has sent more at once than it may.
  case receiveMaximumExceeded
  /// The peer has used a Topic Name that is not allowed here.
  case topicNameInvalid
  /// The peer may not stay.
  case notAuthorized
  /// The hub stops.
  case shuttingDown
}

/// What became of one filter of a request, as in the payload of SUBACK [MQTT5 3.9.3] and UNSUBACK
/// [MQTT5 3.11.3].
@frozen
public struct GrantCode: BitwiseCopyable, Sendable, Equatable {
  /// 0, 1 or 2, or why not.
  public var rawValue: UInt8

  /// The code with that number.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Granted with that QoS.
  @inlinable
  public static func granted(_ qos: QoS) -> GrantCode { GrantCode(rawValue: qos.rawValue) }

  /// Unsubscribed.
  @inlinable public static var unsubscribed: GrantCode { GrantCode(rawValue: 0) }
  /// There was no such subscription.
  @inlinable public static var notSubscribed: GrantCode { GrantCode(rawValue: 0x11) }
  /// Not granted, without a reason.
  @inlinable public static var failure: GrantCode { GrantCode(rawValue: 0x80) }
  /// The peer may not subscribe to it.
  @inlinable public static var notAuthorized: GrantCode { GrantCode(rawValue: 0x87) }
  /// The filter is not of the form that filters have.
  @inlinable public static var filterInvalid: GrantCode { GrantCode(rawValue: 0x8F) }
  /// The peer has as many subscriptions as it may have.
  @inlinable public static var quotaExceeded: GrantCode { GrantCode(rawValue: 0x97) }

  /// Whether nothing was granted.
  @inlinable public var isFailure: Bool { rawValue >= 0x80 }
}

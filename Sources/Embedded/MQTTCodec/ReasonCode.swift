/// The result of an operation; 0x80 and above are failures [MQTT5 2.4].
@frozen
public struct ReasonCode: BitwiseCopyable, Sendable, Hashable {
  /// The octet on the wire.
  public var rawValue: UInt8

  /// The code of that octet, whether it is defined or not.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable
  init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// Whether the operation failed.
  @inlinable public var isFailure: Bool { rawValue >= 0x80 }
}

/// What went well.
extension ReasonCode {
  /// Success.
  @inlinable public static var success: ReasonCode { .init(0x00) }
  /// Normal disconnection: without the will.
  @inlinable public static var normalDisconnection: ReasonCode { .init(0x00) }
  /// Granted QoS 0.
  @inlinable public static var grantedQoS0: ReasonCode { .init(0x00) }
  /// Granted QoS 1.
  @inlinable public static var grantedQoS1: ReasonCode { .init(0x01) }
  /// Granted QoS 2.
  @inlinable public static var grantedQoS2: ReasonCode { .init(0x02) }
  /// Disconnect with Will Message.
  @inlinable public static var disconnectWithWillMessage: ReasonCode { .init(0x04) }
  /// No matching subscribers.
  @inlinable public static var noMatchingSubscribers: ReasonCode { .init(0x10) }
  /// No subscription existed.
  @inlinable public static var noSubscriptionExisted: ReasonCode { .init(0x11) }
  /// Continue authentication.
  @inlinable public static var continueAuthentication: ReasonCode { .init(0x18) }
  /// Re-authenticate.
  @inlinable public static var reauthenticate: ReasonCode { .init(0x19) }
}

/// What failed.
extension ReasonCode {
  /// Unspecified error.
  @inlinable public static var unspecifiedError: ReasonCode { .init(0x80) }
  /// Malformed Packet.
  @inlinable public static var malformedPacket: ReasonCode { .init(0x81) }
  /// Protocol Error.
  @inlinable public static var protocolError: ReasonCode { .init(0x82) }
  /// Implementation specific error.
  @inlinable public static var implementationSpecificError: ReasonCode { .init(0x83) }
  /// Unsupported Protocol Version.
  @inlinable public static var unsupportedProtocolVersion: ReasonCode { .init(0x84) }
  /// Client Identifier not valid.
  @inlinable public static var clientIdentifierNotValid: ReasonCode { .init(0x85) }
  /// Bad User Name or Password.
  @inlinable public static var badUserNameOrPassword: ReasonCode { .init(0x86) }
  /// Not authorized.
  @inlinable public static var notAuthorized: ReasonCode { .init(0x87) }
  /// Server unavailable.
  @inlinable public static var serverUnavailable: ReasonCode { .init(0x88) }
  /// Server busy.
  @inlinable public static var serverBusy: ReasonCode { .init(0x89) }
  /// Banned.
  @inlinable public static var banned: ReasonCode { .init(0x8A) }
  /// Server shutting down.
  @inlinable public static var serverShuttingDown: ReasonCode { .init(0x8B) }
  /// Bad authentication method.
  @inlinable public static var badAuthenticationMethod: ReasonCode { .init(0x8C) }
  /// Keep Alive timeout.
  @inlinable public static var keepAliveTimeout: ReasonCode { .init(0x8D) }
  /// Session taken over.
  @inlinable public static var sessionTakenOver: ReasonCode { .init(0x8E) }
  /// Topic Filter invalid.
  @inlinable public static var topicFilterInvalid: ReasonCode { .init(0x8F) }
  /// Topic Name invalid.
  @inlinable public static var topicNameInvalid: ReasonCode { .init(0x90) }
  /// Packet Identifier in use.
  @inlinable public static var packetIdentifierInUse: ReasonCode { .init(0x91) }
  /// Packet Identifier not found.
  @inlinable public static var packetIdentifierNotFound: ReasonCode { .init(0x92) }
  /// Receive Maximum exceeded.
  @inlinable public static var receiveMaximumExceeded: ReasonCode { .init(0x93) }
  /// Topic Alias invalid.
  @inlinable public static var topicAliasInvalid: ReasonCode { .init(0x94) }
  /// Packet too large.
  @inlinable public static var packetTooLarge: ReasonCode { .init(0x95) }
  /// Message rate too high.
  @inlinable public static var messageRateTooHigh: ReasonCode { .init(0x96) }
  /// Quota exceeded.
  @inlinable public static var quotaExceeded: ReasonCode { .init(0x97) }
  /// Administrative action.
  @inlinable public static var administrativeAction: ReasonCode { .init(0x98) }
  /// Payload format invalid.
  @inlinable public static var payloadFormatInvalid: ReasonCode { .init(0x99) }
  /// Retain not supported.
  @inlinable public static var retainNotSupported: ReasonCode { .init(0x9A) }
  /// QoS not supported.
  @inlinable public static var qosNotSupported: ReasonCode { .init(0x9B) }
  /// Use another server.
  @inlinable public static var useAnotherServer: ReasonCode { .init(0x9C) }
  /// Server moved.
  @inlinable public static var serverMoved: ReasonCode { .init(0x9D) }
  /// Shared Subscriptions not supported.
  @inlinable public static var sharedSubscriptionsNotSupported: ReasonCode { .init(0x9E) }
  /// Connection rate exceeded.
  @inlinable public static var connectionRateExceeded: ReasonCode { .init(0x9F) }
  /// Maximum connect time.
  @inlinable public static var maximumConnectTime: ReasonCode { .init(0xA0) }
  /// Subscription Identifiers not supported.
  @inlinable public static var subscriptionIdentifiersNotSupported: ReasonCode { .init(0xA1) }
  /// Wildcard Subscriptions not supported.
  @inlinable public static var wildcardSubscriptionsNotSupported: ReasonCode { .init(0xA2) }
}

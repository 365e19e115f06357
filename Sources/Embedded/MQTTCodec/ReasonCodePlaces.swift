/// Which Reason Codes a packet may carry [MQTT5 2.4].
extension ReasonCode {
  /// Whether such a packet may carry the code; false for packets without Reason Code.
  public func isAllowed(in type: PacketType) -> Bool {
    switch type {
    case .connack: isConnackCode
    case .puback, .pubrec: isPubackCode
    // [MQTT5-3.6.2-1] [MQTT5-3.7.2-1]
    case .pubrel, .pubcomp: self == .success || self == .packetIdentifierNotFound
    case .suback: isSubackCode
    case .unsuback: isUnsubackCode
    case .disconnect: isDisconnectCode
    // [MQTT5-3.15.2-1]
    case .auth: self == .success || self == .continueAuthentication || self == .reauthenticate
    case .connect, .publish, .subscribe, .unsubscribe, .pingreq, .pingresp: false
    }
  }

  /// Whether `sender` may use the code in such a packet.
  public func isAllowed(in type: PacketType, from sender: Sender) -> Bool {
    guard isAllowed(in: type) else { return false }
    switch (type, sender) {
    case (.connack, .client), (.suback, .client), (.unsuback, .client): return false
    case (.disconnect, .client): return isClientDisconnectCode
    case (.disconnect, .server): return self != .disconnectWithWillMessage
    case (.auth, .client): return self != .success
    case (.auth, .server): return self != .reauthenticate
    default: return true
    }
  }

  /// [MQTT5 table 3-1]
  private var isConnackCode: Bool {
    switch self {
    // [MQTT5-3.2.2-8]
    case .success, .unspecifiedError, .malformedPacket, .protocolError,
      .implementationSpecificError, .unsupportedProtocolVersion, .clientIdentifierNotValid,
      .badUserNameOrPassword, .notAuthorized, .serverUnavailable, .serverBusy, .banned,
      .badAuthenticationMethod, .topicNameInvalid, .packetTooLarge, .quotaExceeded,
      .payloadFormatInvalid, .retainNotSupported, .qosNotSupported, .useAnotherServer,
      .serverMoved, .connectionRateExceeded:
      true
    default: false
    }
  }

  /// [MQTT5 table 3-4], [MQTT5 table 3-5]
  private var isPubackCode: Bool {
    switch self {
    // [MQTT5-3.4.2-1] [MQTT5-3.5.2-1]
    case .success, .noMatchingSubscribers, .unspecifiedError, .implementationSpecificError,
      .notAuthorized, .topicNameInvalid, .packetIdentifierInUse, .quotaExceeded,
      .payloadFormatInvalid:
      true
    default: false
    }
  }

  /// [MQTT5 table 3-8]
  private var isSubackCode: Bool {
    switch self {
    // [MQTT5-3.9.3-2]
    case .grantedQoS0, .grantedQoS1, .grantedQoS2, .unspecifiedError,
      .implementationSpecificError, .notAuthorized, .topicFilterInvalid, .packetIdentifierInUse,
      .quotaExceeded, .sharedSubscriptionsNotSupported, .subscriptionIdentifiersNotSupported,
      .wildcardSubscriptionsNotSupported:
      true
    default: false
    }
  }

  /// [MQTT5 table 3-9]
  private var isUnsubackCode: Bool {
    switch self {
    // [MQTT5-3.11.3-2]
    case .success, .noSubscriptionExisted, .unspecifiedError, .implementationSpecificError,
      .notAuthorized, .topicFilterInvalid, .packetIdentifierInUse:
      true
    default: false
    }
  }

  /// [MQTT5 table 3-10]
  private var isDisconnectCode: Bool {
    switch self {
    // [MQTT5-3.14.2-1]
    case .notAuthorized, .serverBusy, .serverShuttingDown, .badAuthenticationMethod,
      .keepAliveTimeout, .sessionTakenOver, .topicFilterInvalid, .retainNotSupported,
      .qosNotSupported, .useAnotherServer, .serverMoved, .sharedSubscriptionsNotSupported,
      .connectionRateExceeded, .maximumConnectTime, .subscriptionIdentifiersNotSupported,
      .wildcardSubscriptionsNotSupported:
      true
    default: isClientDisconnectCode
    }
  }

  /// What a client may say in its DISCONNECT.
  private var isClientDisconnectCode: Bool {
    switch self {
    case .normalDisconnection, .disconnectWithWillMessage, .unspecifiedError, .malformedPacket,
      .protocolError, .implementationSpecificError, .topicNameInvalid, .receiveMaximumExceeded,
      .topicAliasInvalid, .packetTooLarge, .messageRateTooHigh, .quotaExceeded,
      .administrativeAction, .payloadFormatInvalid:
      true
    default: false
    }
  }
}

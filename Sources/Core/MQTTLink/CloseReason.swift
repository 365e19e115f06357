import MQTTCodec

/// Why a connection ends, as far as the connection itself knows.
public enum CloseReason: Sendable, Equatable {
  /// The peer has sent DISCONNECT.
  case disconnected
  /// The peer has sent something malformed [MQTT-4.8.0-1].
  case malformed(CodecError)
  /// The first packet is not a CONNECT [MQTT-3.1.0-1].
  case notConnect
  /// A packet that only a server sends, or one out of order.
  case unexpectedPacket
  /// A packet above the limit; told from its announced length.
  case packetTooLarge
  /// An answer that is larger than the peer takes [MQTT5-3.1.2-24].
  case answerTooLarge
  /// A packet with more properties than the limit.
  case tooManyProperties
  /// A protocol or a version that is not spoken here [MQTT-3.1.2-2].
  case unsupportedVersion
  /// An empty Client Identifier, which 3.1 does not allow [MQTT 3.1, 3.1].
  case clientIdentifierMissing
  /// A keep alive above the limit, or none where there is a limit.
  case keepAliveTooLong
  /// No CONNECT in time.
  case connectTimeout
  /// Nothing heard for one and a half times the keep alive [MQTT-3.1.2-24].
  case keepAliveTimeout
  /// A topic that is too long below the mount point.
  case topicTooLong
  /// A Topic Alias above the limit [MQTT5-3.3.2-9].
  case topicAliasInvalid
  /// A Topic Alias that stands for no Topic Name yet.
  case topicAliasUnknown
  /// A Subscription Identifier in a PUBLISH of a client [MQTT5-3.3.4-6].
  case subscriptionIdentifierFromClient
  /// A QoS above the Maximum QoS [MQTT5-3.2.2-11].
  case qosNotSupported
  /// A message to be retained where none is [MQTT5-3.2.2-14].
  case retainNotSupported
  /// A session that was to end with the connection, and is to live on at its end
  /// [MQTT5 3.14.2.2.2].
  case sessionExpiryFromZero
  /// Another Authentication Method than in CONNECT, or none there [MQTT5-4.12.0-5].
  case authenticationOutOfPlace

  /// The return code that a CONNACK before 5.0 tells the peer first, if it is told one.
  var returnCode: ConnectReturnCode? {
    switch self {
    case .unsupportedVersion: .unacceptableProtocolVersion
    case .clientIdentifierMissing, .keepAliveTooLong: .identifierRejected
    default: nil
    }
  }

  /// The Reason Code that a peer of 5.0 is told first, if it is told one.
  var reasonCode: ReasonCode? {
    switch self {
    case .disconnected, .notConnect, .connectTimeout, .clientIdentifierMissing: nil
    // [MQTT5-4.13.1-1] [MQTT5-4.13.2-1]
    case .malformed(let error): error.reasonCode
    case .unexpectedPacket, .topicAliasUnknown, .subscriptionIdentifierFromClient,
      .sessionExpiryFromZero, .authenticationOutOfPlace:
      .protocolError
    case .packetTooLarge, .answerTooLarge: .packetTooLarge
    case .tooManyProperties: .quotaExceeded
    case .unsupportedVersion: .unsupportedProtocolVersion
    case .keepAliveTooLong: .unspecifiedError
    case .keepAliveTimeout: .keepAliveTimeout
    case .topicTooLong: .topicNameInvalid
    case .topicAliasInvalid: .topicAliasInvalid
    case .qosNotSupported: .qosNotSupported
    case .retainNotSupported: .retainNotSupported
    }
  }
}

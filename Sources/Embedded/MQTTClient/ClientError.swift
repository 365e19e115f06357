import MQTTCodec

/// Why a client did not do what it was asked to.
public enum ClientError: Error, Equatable, BitwiseCopyable {
  /// Out of room: the output has less free capacity than the packet needs.
  case outOfRoom
  /// Out of room: the window, or the server's Receive Maximum, is full; wait for an
  /// acknowledgement.
  case windowFull
  /// The server forbids it: a larger packet than it takes.
  case packetTooLarge
  /// The server forbids it: a higher QoS than it takes.
  case qosNotSupported
  /// The server forbids it: it retains nothing.
  case retainNotSupported
  /// The server forbids it: a wildcard, a shared subscription or a Subscription Identifier.
  case subscriptionNotSupported
  /// The server forbids it: a Topic Alias of 0 or above its maximum. In CONNECT: this
  /// client has no room for the server's.
  case topicAliasInvalid
  /// Wrong use: there is no connection, or it is not accepted yet.
  case notConnected
  /// Wrong use: there is a connection already.
  case alreadyConnected
  /// Wrong use: a Topic Name or Topic Filter that breaks its rules.
  case malformedTopic
  /// Wrong use: a field or packet that is too long for MQTT; an authentication method of more than
  /// 32 octets.
  case tooLong
  /// Wrong use: options of CONNECT that contradict each other, or are no text.
  case malformedConnect
  /// Wrong use: properties that the packet may not have, or with values that are not allowed.
  case malformedProperties
  /// Wrong use: a Reason Code that a client may not use in this packet, or not now.
  case malformedReason
  /// Wrong use: No Local on a Shared Subscription.
  case malformedOptions
  /// Wrong use: an AUTH without authentication method in CONNECT, or with another one.
  case unexpectedMethod
  /// Wrong use: no message with this identifier is to be sent again.
  case unknownIdentifier
  /// Wrong use: messages that are to be sent again go first.
  case resendFirst

  init(_ error: CodecError) {
    switch error {
    case .outOfRoom: self = .outOfRoom
    case .tooLong: self = .tooLong
    case .malformedTopicName, .malformedTopicFilter: self = .malformedTopic
    case .misplacedProperty, .repeatedProperty, .missingProperty, .invalidPropertyValue,
      .invalidTopicAlias, .malformedString, .truncated, .malformedInteger:
      self = .malformedProperties
    case .malformedReturnCode: self = .malformedReason
    case .invalidSubscriptionOptions: self = .malformedOptions
    default: self = .malformedConnect
    }
  }
}

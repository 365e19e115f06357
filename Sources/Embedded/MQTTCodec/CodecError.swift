import WireBytes

/// What can be wrong with a Control Packet. Sorted by whose fault it is.
@frozen
public enum CodecError: Error, Equatable, BitwiseCopyable {
  // The peer's: close the Network Connection [MQTT-4.8.0-1].

  /// The packet ends before its last field does.
  case truncated
  /// Bytes follow the packet's last field.
  case trailingBytes
  /// A packet type of 0, or of 15 before 5.0 [MQTT 2.2.1].
  case malformedPacketType
  /// Fixed header flags that the packet type does not allow [MQTT-2.2.2-2], [MQTT5-2.1.3-1].
  case malformedHeaderFlags
  /// A Remaining Length of more than four octets [MQTT 2.2.3].
  case malformedRemainingLength
  /// A Variable Byte Integer of more octets than its value needs [MQTT5-1.5.5-1].
  case malformedInteger
  /// A string that is not well-formed UTF-8, or holds U+0000 [MQTT-1.5.3-1], [MQTT-1.5.3-2].
  case malformedString
  /// A Topic Name that is empty, ill-formed or holds a wildcard [MQTT-3.3.2-2].
  case malformedTopicName
  /// A Topic Filter that is empty, ill-formed or misplaces a wildcard [MQTT 4.7.1].
  case malformedTopicFilter
  /// A Packet Identifier of 0 where there must be one [MQTT-2.3.1-1].
  case malformedPacketIdentifier
  /// A Quality of Service of 3 [MQTT-3.3.1-4], or reserved bits beside it [MQTT-3.8.3-4].
  case malformedQoS
  /// Subscription Options with reserved bits [MQTT5-3.8.3-5].
  case malformedSubscriptionOptions
  /// Connect Flags that contradict each other or set the reserved bit [MQTT-3.1.2-3].
  case malformedConnectFlags
  /// Connect Acknowledge Flags with reserved bits, or Session Present beside a refusal.
  case malformedAcknowledgeFlags
  /// A return code that the version does not define, or a Reason Code that the packet does not.
  case malformedReturnCode
  /// A property that is not defined, or not for this packet [MQTT5 2.2.2.2].
  case misplacedProperty

  // The peer's: what can be read but is not allowed, a Protocol Error of 5.0.

  /// A payload without the one entry that it must have [MQTT-3.8.3-3], [MQTT-3.10.3-2].
  case emptyPayload
  /// A Topic Name that is empty without a Topic Alias in its place [MQTT5 3.3.2.1].
  case missingTopicName
  /// A property that stands there twice [MQTT5 2.2.2.2].
  case repeatedProperty
  /// A property that must stand beside another one and does not: the Authentication Method.
  case missingProperty
  /// A value that the property does not allow.
  case invalidPropertyValue
  /// A Topic Alias of 0 [MQTT5-3.3.2-8].
  case invalidTopicAlias
  /// A QoS or Retain Handling of 3, or No Local on a Shared Subscription [MQTT5-3.8.3-4].
  case invalidSubscriptionOptions

  // The peer's, but honest: another protocol, or a version that is not spoken here.

  /// A Protocol Name that is neither "MQTT" nor "MQIsdp" [MQTT-3.1.2-1].
  case unsupportedProtocolName
  /// A Protocol Level that is not spoken here [MQTT-3.1.2-2]: answer with return code 1.
  case unsupportedProtocolLevel

  // Out of room.

  /// The output has less free capacity than the packet needs.
  case outOfRoom

  // Wrong use: the packet cannot be put on the wire.

  /// A field of more than 65,535 octets, or a packet of more than 268,435,455.
  case tooLong

  /// What a CONNACK or DISCONNECT tells the peer about its fault [MQTT5 4.13].
  public var reasonCode: ReasonCode {
    switch self {
    case .truncated, .trailingBytes, .malformedPacketType, .malformedHeaderFlags,
      .malformedRemainingLength, .malformedInteger, .malformedString, .malformedTopicName,
      .malformedTopicFilter, .malformedQoS, .malformedConnectFlags, .malformedAcknowledgeFlags,
      .malformedReturnCode, .malformedSubscriptionOptions, .misplacedProperty:
      .malformedPacket
    case .malformedPacketIdentifier, .emptyPayload, .missingTopicName, .repeatedProperty,
      .missingProperty, .invalidPropertyValue, .invalidSubscriptionOptions:
      .protocolError
    case .invalidTopicAlias: .topicAliasInvalid
    case .unsupportedProtocolName, .unsupportedProtocolLevel: .unsupportedProtocolVersion
    case .outOfRoom, .tooLong: .implementationSpecificError
    }
  }

  /// The same fault, told by the reader of the bytes.
  @inlinable
  init(_ error: WireError) {
    switch error {
    case .truncated: self = .truncated
    case .malformedInteger: self = .malformedRemainingLength
    case .malformedString: self = .malformedString
    case .outOfRoom: self = .outOfRoom
    }
  }
}

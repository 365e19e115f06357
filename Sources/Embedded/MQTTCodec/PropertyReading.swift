import MQTTTerms
import WireBytes

extension FieldReader {
  /// Reads one property: its form and the range of its number. Texts are looked at by
  /// `Property.checkText`, once.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func property() throws(CodecError) -> Property {
    // Identifiers are Variable Byte Integers, of which all that are defined take one octet.
    guard let identifier = PropertyIdentifier(rawValue: try uint8()) else {
      throw .misplacedProperty
    }
    switch identifier {
    case .payloadFormatIndicator: return .payloadFormatIndicator(isText: try boolean())
    case .messageExpiryInterval: return .messageExpiryInterval(try uint32())
    case .contentType: return .contentType(try binaryData())
    case .responseTopic: return .responseTopic(try binaryData())
    case .correlationData: return .correlationData(try binaryData())
    case .subscriptionIdentifier: return .subscriptionIdentifier(try subscriptionIdentifier())
    case .sessionExpiryInterval: return .sessionExpiryInterval(try uint32())
    case .assignedClientIdentifier: return .assignedClientIdentifier(try binaryData())
    case .serverKeepAlive: return .serverKeepAlive(try uint16())
    case .authenticationMethod: return .authenticationMethod(try binaryData())
    case .authenticationData: return .authenticationData(try binaryData())
    case .requestProblemInformation: return .requestProblemInformation(try boolean())
    case .willDelayInterval: return .willDelayInterval(try uint32())
    case .requestResponseInformation: return .requestResponseInformation(try boolean())
    case .responseInformation: return .responseInformation(try binaryData())
    case .serverReference: return .serverReference(try binaryData())
    case .reasonString: return .reasonString(try binaryData())
    case .receiveMaximum: return .receiveMaximum(try positiveUInt16())
    case .topicAliasMaximum: return .topicAliasMaximum(try uint16())
    case .topicAlias: return .topicAlias(try topicAlias())
    case .maximumQoS: return .maximumQoS(try boolean() ? .atLeastOnce : .atMostOnce)
    case .retainAvailable: return .retainAvailable(try boolean())
    case .userProperty: return .userProperty(name: try binaryData(), value: try binaryData())
    case .maximumPacketSize: return .maximumPacketSize(try positiveUInt32())
    case .wildcardSubscriptionAvailable: return .wildcardSubscriptionAvailable(try boolean())
    case .subscriptionIdentifierAvailable: return .subscriptionIdentifierAvailable(try boolean())
    case .sharedSubscriptionAvailable: return .sharedSubscriptionAvailable(try boolean())
    }
  }

  @_lifetime(self: copy self)
  private mutating func boolean() throws(CodecError) -> Bool {
    let octet = try uint8()
    guard octet <= 1 else { throw .invalidPropertyValue }
    return octet == 1
  }

  @_lifetime(self: copy self)
  private mutating func positiveUInt16() throws(CodecError) -> UInt16 {
    let number = try uint16()
    guard number != 0 else { throw .invalidPropertyValue }
    return number
  }

  @_lifetime(self: copy self)
  private mutating func positiveUInt32() throws(CodecError) -> UInt32 {
    let number = try uint32()
    guard number != 0 else { throw .invalidPropertyValue }
    return number
  }

  @_lifetime(self: copy self)
  private mutating func topicAlias() throws(CodecError) -> UInt16 {
    let alias = try uint16()
    // [MQTT5-3.3.2-8]
    guard alias != 0 else { throw .invalidTopicAlias }
    return alias
  }

  @_lifetime(self: copy self)
  private mutating func subscriptionIdentifier() throws(CodecError) -> UInt32 {
    let number = UInt32(truncatingIfNeeded: try variableByteInteger())
    guard number != 0 else { throw .invalidPropertyValue }
    return number
  }
}

extension Property {
  /// Throws where a text is none, or the Response Topic no Topic Name.
  func checkText() throws(CodecError) {
    switch self {
    case .responseTopic(let topic):
      // [MQTT5-3.3.2-13]
      guard isWellFormedString(topic) else { throw .malformedString }
      // [MQTT5-3.3.2-14]
      guard isTopicName(topic) else { throw .invalidPropertyValue }
    // [MQTT5-1.5.7-1]
    case .userProperty(let name, let value):
      guard isWellFormedString(name), isWellFormedString(value) else { throw .malformedString }
    // [MQTT5-3.3.2-19] Content Type; [MQTT5-1.5.4-1] [MQTT5-1.5.4-2] all of them.
    case .contentType(let text), .assignedClientIdentifier(let text),
      .authenticationMethod(let text), .responseInformation(let text),
      .serverReference(let text), .reasonString(let text):
      guard isWellFormedString(text) else { throw .malformedString }
    default: break
    }
  }
}

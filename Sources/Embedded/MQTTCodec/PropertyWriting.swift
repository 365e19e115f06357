import MQTTTerms
import WireBytes

extension Property {
  /// How many octets the property takes on the wire.
  @inlinable
  public var encodedSize: Int {
    switch self {
    case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation,
      .maximumQoS, .retainAvailable, .wildcardSubscriptionAvailable,
      .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
      2
    case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: 3
    case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize: 5
    case .subscriptionIdentifier(let number):
      1 + VariableByteInteger.encodedSize(Int(truncatingIfNeeded: number))
    case .contentType(let text), .responseTopic(let text), .correlationData(let text),
      .assignedClientIdentifier(let text), .authenticationMethod(let text),
      .authenticationData(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      3 + text.count
    case .userProperty(let name, let value): 5 + name.count + value.count
    }
  }

  /// Appends the property. Throws, with nothing written, `outOfRoom` when it does not fit,
  /// `tooLong` when a text is longer than 65,535 octets, `malformedString`, `invalidTopicAlias` or
  /// `invalidPropertyValue` when a value is not allowed.
  @_lifetime(output: copy output)
  public func encode(into output: inout OutputRawSpan) throws(CodecError) {
    try checkText()
    try checkRange()
    guard output.freeCapacity >= encodedSize else { throw .outOfRoom }
    output.append(identifier.rawValue)
    appendValue(to: &output)
  }

  private func checkRange() throws(CodecError) {
    switch self {
    case .topicAlias(0): throw .invalidTopicAlias
    case .receiveMaximum(0), .maximumPacketSize(0), .maximumQoS(.exactlyOnce):
      throw .invalidPropertyValue
    case .subscriptionIdentifier(let number):
      guard number != 0, number <= 268_435_455 else { throw .invalidPropertyValue }
    case .contentType(let text), .responseTopic(let text), .correlationData(let text),
      .assignedClientIdentifier(let text), .authenticationMethod(let text),
      .authenticationData(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      guard text.count <= Int(UInt16.max) else { throw .tooLong }
    case .userProperty(let name, let value):
      guard name.count <= Int(UInt16.max), value.count <= Int(UInt16.max) else { throw .tooLong }
    default: break
    }
  }

  @_lifetime(output: copy output)
  private func appendValue(to output: inout OutputRawSpan) {
    switch self {
    case .payloadFormatIndicator(let flag), .requestProblemInformation(let flag),
      .requestResponseInformation(let flag), .retainAvailable(let flag),
      .wildcardSubscriptionAvailable(let flag), .subscriptionIdentifierAvailable(let flag),
      .sharedSubscriptionAvailable(let flag):
      output.append(flag ? 1 as UInt8 : 0)
    case .maximumQoS(let qos): output.append(qos.rawValue)
    case .serverKeepAlive(let number), .receiveMaximum(let number),
      .topicAliasMaximum(let number), .topicAlias(let number):
      output.append(bigEndian: number)
    case .messageExpiryInterval(let number), .sessionExpiryInterval(let number),
      .willDelayInterval(let number), .maximumPacketSize(let number):
      output.append(bigEndian: number)
    case .subscriptionIdentifier(let number):
      output.append(variableByteInteger: Int(truncatingIfNeeded: number))
    case .contentType(let text), .responseTopic(let text), .correlationData(let text),
      .assignedClientIdentifier(let text), .authenticationMethod(let text),
      .authenticationData(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      output.append(lengthPrefixed: text)
    case .userProperty(let name, let value):
      output.append(lengthPrefixed: name)
      output.append(lengthPrefixed: value)
    }
  }
}

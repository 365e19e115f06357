import ClientIO
import MQTTCodec

extension ReasonCode {
  /// What a failure means, in Mosquitto's words; a number where it is none that is known.
  var words: String {
    ReasonCode.texts.first { $0.code == self }?.text ?? "reason code \(rawValue)"
  }

  private static let texts: [(code: ReasonCode, text: String)] = [
    (.unspecifiedError, "Unspecified error"),
    (.malformedPacket, "Malformed packet"),
    (.protocolError, "Protocol error"),
    (.implementationSpecificError, "Implementation specific error"),
    (.unsupportedProtocolVersion, "Unsupported protocol version"),
    (.clientIdentifierNotValid, "Client ID not valid"),
    (.badUserNameOrPassword, "Bad username or password"),
    (.notAuthorized, "Not authorized"),
    (.serverUnavailable, "Server unavailable"),
    (.serverBusy, "Server busy"),
    (.banned, "Banned"),
    (.serverShuttingDown, "Server shutting down"),
    (.badAuthenticationMethod, "Bad authentication method"),
    (.keepAliveTimeout, "Keep alive timeout"),
    (.sessionTakenOver, "Session taken over"),
    (.topicFilterInvalid, "Topic filter invalid"),
    (.topicNameInvalid, "Topic name invalid"),
    (.packetIdentifierInUse, "Packet identifier in use"),
    (.packetIdentifierNotFound, "Packet identifier not found"),
    (.receiveMaximumExceeded, "Receive maximum exceeded"),
    (.topicAliasInvalid, "Topic alias invalid"),
    (.packetTooLarge, "Packet too large"),
    (.messageRateTooHigh, "Message rate too high"),
    (.quotaExceeded, "Quota exceeded"),
    (.administrativeAction, "Administrative action"),
    (.payloadFormatInvalid, "Payload format invalid"),
    (.retainNotSupported, "Retain not supported"),
    (.qosNotSupported, "QoS not supported"),
    (.useAnotherServer, "Use another server"),
    (.serverMoved, "Server moved"),
    (.sharedSubscriptionsNotSupported, "Shared subscriptions not supported"),
    (.connectionRateExceeded, "Connection rate exceeded"),
    (.maximumConnectTime, "Maximum connect time"),
    (.subscriptionIdentifiersNotSupported, "Subscription identifiers not supported"),
    (.wildcardSubscriptionsNotSupported, "Wildcard subscriptions not supported"),
  ]
}

extension Properties {
  /// The broker's own words after a reason's, where there are any: ` (…)`.
  var reasonInParentheses: String {
    var rest = self
    while let property = try? rest.next() {
      if case .reasonString(let text) = property { return " (\(String(of: text)))" }
    }
    return ""
  }
}

/// The identifier of a property [MQTT5 2.2.2.2].
@frozen
public enum PropertyIdentifier: UInt8, BitwiseCopyable, Sendable {
  /// Whether the payload is text.
  case payloadFormatIndicator = 0x01
  /// The lifetime of the message in seconds.
  case messageExpiryInterval = 0x02
  /// What the payload is.
  case contentType = 0x03
  /// The Topic Name for a response.
  case responseTopic = 0x08
  /// What tells the requester which request a response is for.
  case correlationData = 0x09
  /// The number of a subscription.
  case subscriptionIdentifier = 0x0B
  /// How long the session outlives its connection, in seconds.
  case sessionExpiryInterval = 0x11
  /// The Client Identifier that the server chose.
  case assignedClientIdentifier = 0x12
  /// The keep alive that the server demands, in seconds.
  case serverKeepAlive = 0x13
  /// The name of the authentication method.
  case authenticationMethod = 0x15
  /// What the authentication method exchanges.
  case authenticationData = 0x16
  /// Whether the client wants reasons and User Properties of failures.
  case requestProblemInformation = 0x17
  /// How long the will waits, in seconds.
  case willDelayInterval = 0x18
  /// Whether the client wants Response Information.
  case requestResponseInformation = 0x19
  /// What response topics are made of.
  case responseInformation = 0x1A
  /// Another server to use.
  case serverReference = 0x1C
  /// A reason for people to read.
  case reasonString = 0x1F
  /// How many QoS 1 and QoS 2 messages may be unacknowledged.
  case receiveMaximum = 0x21
  /// The highest Topic Alias that is accepted.
  case topicAliasMaximum = 0x22
  /// A number in place of the Topic Name.
  case topicAlias = 0x23
  /// The highest Quality of Service that the server accepts.
  case maximumQoS = 0x24
  /// Whether the server retains messages.
  case retainAvailable = 0x25
  /// A name and a value of the application's.
  case userProperty = 0x26
  /// The largest packet that is accepted.
  case maximumPacketSize = 0x27
  /// Whether the server takes wildcards.
  case wildcardSubscriptionAvailable = 0x28
  /// Whether the server takes Subscription Identifiers.
  case subscriptionIdentifierAvailable = 0x29
  /// Whether the server takes Shared Subscriptions.
  case sharedSubscriptionAvailable = 0x2A
}

/// Where properties stand: in a packet, or before the will in a CONNECT.
@frozen
public enum PropertyPlace: BitwiseCopyable, Sendable {
  /// CONNECT.
  case connect
  /// The Will Properties of a CONNECT [MQTT5 3.1.3.2].
  case will
  /// CONNACK.
  case connack
  /// PUBLISH.
  case publish
  /// PUBACK, PUBREC, PUBREL or PUBCOMP.
  case acknowledgement
  /// SUBSCRIBE.
  case subscribe
  /// SUBACK.
  case suback
  /// UNSUBSCRIBE.
  case unsubscribe
  /// UNSUBACK.
  case unsuback
  /// DISCONNECT.
  case disconnect
  /// AUTH.
  case auth
}

extension PropertyIdentifier {
  /// Whether the property may stand there [MQTT5 2.2.2.2].
  public func isAllowed(in place: PropertyPlace) -> Bool {
    switch self {
    case .userProperty: true
    case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic,
      .correlationData:
      place == .publish || place == .will
    case .subscriptionIdentifier: place == .publish || place == .subscribe
    case .topicAlias: place == .publish
    case .willDelayInterval: place == .will
    case .sessionExpiryInterval: place == .connect || place == .connack || place == .disconnect
    case .receiveMaximum, .topicAliasMaximum, .maximumPacketSize:
      place == .connect || place == .connack
    case .requestProblemInformation, .requestResponseInformation: place == .connect
    case .authenticationMethod, .authenticationData:
      place == .connect || place == .connack || place == .auth
    case .assignedClientIdentifier, .serverKeepAlive, .responseInformation, .maximumQoS,
      .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
      .sharedSubscriptionAvailable:
      place == .connack
    case .serverReference: place == .connack || place == .disconnect
    case .reasonString: allowsReasonString(place)
    }
  }

  /// Whether the property may stand there more than once.
  func isRepeatable(in place: PropertyPlace) -> Bool {
    // A PUBLISH has the identifiers of all subscriptions that match [MQTT5-3.3.4-4].
    self == .userProperty || self == .subscriptionIdentifier && place == .publish
  }

  private func allowsReasonString(_ place: PropertyPlace) -> Bool {
    switch place {
    case .connack, .acknowledgement, .suback, .unsuback, .disconnect, .auth: true
    case .connect, .will, .publish, .subscribe, .unsubscribe: false
    }
  }
}

/// Which properties have been seen: a bit for each identifier. Two words, because a Cortex-M0
/// cannot shift a longer one.
public struct PropertySet {
  private var low: UInt32 = 0
  private var high: UInt32 = 0

  /// Whether the property was seen.
  public func contains(_ identifier: PropertyIdentifier) -> Bool {
    let number = identifier.rawValue
    return (number < 32 ? low : high) & (1 << UInt32(number & 31)) != 0
  }

  /// Whether the identifier was new.
  mutating func insert(_ identifier: PropertyIdentifier) -> Bool {
    if contains(identifier) { return false }
    let number = identifier.rawValue
    let bit: UInt32 = 1 << UInt32(number & 31)
    if number < 32 { low |= bit } else { high |= bit }
    return true
  }
}

import MQTTTerms
import WireBytes

/// One property with its value [MQTT5 2.2.2.2].
@frozen
public enum Property: ~Escapable, BitwiseCopyable {
  /// Whether the payload is UTF-8 text [MQTT5 3.3.2.3.2].
  case payloadFormatIndicator(isText: Bool)
  /// The lifetime of the message in seconds [MQTT5 3.3.2.3.3].
  case messageExpiryInterval(UInt32)
  /// What the payload is, in words of the application's [MQTT5 3.3.2.3.9].
  case contentType(Span<UInt8>)
  /// The Topic Name for a response [MQTT5 3.3.2.3.5].
  case responseTopic(Span<UInt8>)
  /// What tells the requester which request a response is for [MQTT5 3.3.2.3.6].
  case correlationData(Span<UInt8>)
  /// The number of a subscription (1...268,435,455) [MQTT5 3.8.2.1.2].
  case subscriptionIdentifier(UInt32)
  /// How long the session outlives its connection, in seconds; `.max` for ever
  /// [MQTT5 3.1.2.11.2].
  case sessionExpiryInterval(UInt32)
  /// The Client Identifier that the server chose [MQTT5 3.2.2.3.7].
  case assignedClientIdentifier(Span<UInt8>)
  /// The keep alive that the server demands, in seconds [MQTT5 3.2.2.3.14].
  case serverKeepAlive(UInt16)
  /// The name of the authentication method [MQTT5 3.1.2.11.9].
  case authenticationMethod(Span<UInt8>)
  /// What the authentication method exchanges [MQTT5 3.1.2.11.10].
  case authenticationData(Span<UInt8>)
  /// Whether the client wants reasons and User Properties of failures [MQTT5 3.1.2.11.7].
  case requestProblemInformation(Bool)
  /// How long the will waits, in seconds [MQTT5 3.1.3.2.2].
  case willDelayInterval(UInt32)
  /// Whether the client wants Response Information [MQTT5 3.1.2.11.6].
  case requestResponseInformation(Bool)
  /// What response topics are made of [MQTT5 3.2.2.3.15].
  case responseInformation(Span<UInt8>)
  /// Another server to use [MQTT5 3.2.2.3.16].
  case serverReference(Span<UInt8>)
  /// A reason for people to read [MQTT5 3.2.2.3.9].
  case reasonString(Span<UInt8>)
  /// How many QoS 1 and QoS 2 messages may be unacknowledged (1...65,535) [MQTT5 3.1.2.11.3].
  case receiveMaximum(UInt16)
  /// The highest Topic Alias that is accepted [MQTT5 3.1.2.11.5].
  case topicAliasMaximum(UInt16)
  /// A number in place of the Topic Name (1...65,535) [MQTT5 3.3.2.3.4].
  case topicAlias(UInt16)
  /// The highest Quality of Service that the server accepts: never QoS 2, which needs no telling
  /// [MQTT5 3.2.2.3.4].
  case maximumQoS(QoS)
  /// Whether the server retains messages [MQTT5 3.2.2.3.5].
  case retainAvailable(Bool)
  /// A name and a value of the application's [MQTT5 3.1.2.11.8].
  case userProperty(name: Span<UInt8>, value: Span<UInt8>)
  /// The largest packet that is accepted, in octets (1...4,294,967,295) [MQTT5 3.1.2.11.4].
  case maximumPacketSize(UInt32)
  /// Whether the server takes wildcards [MQTT5 3.2.2.3.11].
  case wildcardSubscriptionAvailable(Bool)
  /// Whether the server takes Subscription Identifiers [MQTT5 3.2.2.3.12].
  case subscriptionIdentifierAvailable(Bool)
  /// Whether the server takes Shared Subscriptions [MQTT5 3.2.2.3.13].
  case sharedSubscriptionAvailable(Bool)

  /// Which property it is.
  public var identifier: PropertyIdentifier {
    switch self {
    case .payloadFormatIndicator: .payloadFormatIndicator
    case .messageExpiryInterval: .messageExpiryInterval
    case .contentType: .contentType
    case .responseTopic: .responseTopic
    case .correlationData: .correlationData
    case .subscriptionIdentifier: .subscriptionIdentifier
    case .sessionExpiryInterval: .sessionExpiryInterval
    case .assignedClientIdentifier: .assignedClientIdentifier
    case .serverKeepAlive: .serverKeepAlive
    case .authenticationMethod: .authenticationMethod
    case .authenticationData: .authenticationData
    case .requestProblemInformation: .requestProblemInformation
    case .willDelayInterval: .willDelayInterval
    case .requestResponseInformation: .requestResponseInformation
    case .responseInformation: .responseInformation
    case .serverReference: .serverReference
    case .reasonString: .reasonString
    case .receiveMaximum: .receiveMaximum
    case .topicAliasMaximum: .topicAliasMaximum
    case .topicAlias: .topicAlias
    case .maximumQoS: .maximumQoS
    case .retainAvailable: .retainAvailable
    case .userProperty: .userProperty
    case .maximumPacketSize: .maximumPacketSize
    case .wildcardSubscriptionAvailable: .wildcardSubscriptionAvailable
    case .subscriptionIdentifierAvailable: .subscriptionIdentifierAvailable
    case .sharedSubscriptionAvailable: .sharedSubscriptionAvailable
    }
  }
}

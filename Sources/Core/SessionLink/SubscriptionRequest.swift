import MQTTTerms

/// What a peer wants of one subscription, apart from its filter [MQTT5 3.8.3.1].
@frozen
public struct SubscriptionTerms: BitwiseCopyable, Sendable, Equatable {
  /// The QoS asked for.
  public var qos: QoS
  /// Whether the peer's own messages stay away.
  public var isNoLocal: Bool
  /// Whether messages keep the RETAIN flag of their publisher.
  public var isRetainAsPublished: Bool
  /// Which retained messages it starts with.
  public var retained: RetainedStart
  /// The number that the peer gave it (1...268,435,455); 0 for none.
  public var identifier: UInt32

  /// Terms of those parts.
  @inlinable
  public init(
    qos: QoS, isNoLocal: Bool = false, isRetainAsPublished: Bool = false,
    retained: RetainedStart = .always, identifier: UInt32 = 0
  ) {
    self.qos = qos
    self.isNoLocal = isNoLocal
    self.isRetainAsPublished = isRetainAsPublished
    self.retained = retained
    self.identifier = identifier
  }
}

/// When a subscription starts with the retained messages that it matches.
@frozen
public enum RetainedStart: UInt8, BitwiseCopyable, Sendable {
  /// Whenever it is made.
  case always
  /// When it did not exist yet.
  case ifNew
  /// Never.
  case never
}

/// One filter of a SUBSCRIBE [MQTT 3.8].
@frozen
public struct SubscriptionRequest: ~Escapable {
  /// The Topic Filter: checked UTF-8; its form is checked by the hub.
  public let filter: Span<UInt8>
  /// What is wanted of it.
  public let terms: SubscriptionTerms
  /// The request's identifier.
  public let packetID: PacketIdentifier
  /// Whether this is the request's last filter.
  public let isLast: Bool

  /// Makes a request.
  @inlinable
  @_lifetime(copy filter)
  public init(
    filter: Span<UInt8>, terms: SubscriptionTerms, packetID: PacketIdentifier, isLast: Bool
  ) {
    self.filter = filter
    self.terms = terms
    self.packetID = packetID
    self.isLast = isLast
  }

  /// Makes a request for that QoS and nothing special.
  @inlinable
  @_lifetime(copy filter)
  public init(filter: Span<UInt8>, qos: QoS, packetID: PacketIdentifier, isLast: Bool) {
    self.init(
      filter: filter, terms: SubscriptionTerms(qos: qos), packetID: packetID, isLast: isLast)
  }
}

/// One filter of an UNSUBSCRIBE [MQTT 3.10].
@frozen
public struct UnsubscriptionRequest: ~Escapable {
  /// The Topic Filter.
  public let filter: Span<UInt8>
  /// The request's identifier.
  public let packetID: PacketIdentifier
  /// Whether this is the request's last filter.
  public let isLast: Bool

  /// Makes a request.
  @inlinable
  @_lifetime(copy filter)
  public init(filter: Span<UInt8>, packetID: PacketIdentifier, isLast: Bool) {
    self.filter = filter
    self.packetID = packetID
    self.isLast = isLast
  }
}

import MQTTTerms

/// What a link tells its hub. The spans point into the receive buffer and live as long as the call.
public enum LinkEvent: ~Escapable {
  /// The peer wants a session. Answered by `opened` or `refused`.
  case open(SessionRequest)
  /// The peer publishes. At QoS 1 answered by `acknowledge`, at QoS 2 by `confirm`.
  case publish(IncomingPublish)
  /// The peer has taken a QoS 1 message.
  case acknowledged(PacketIdentifier)
  /// The peer has received a QoS 2 message. Answered by `release`.
  case received(PacketIdentifier)
  /// The peer releases the identifier of a QoS 2 message of its own. Answered by `complete`.
  case released(PacketIdentifier)
  /// The peer is done with a QoS 2 message.
  case completed(PacketIdentifier)
  /// The peer subscribes to one filter. Answered by `subscribed` after the last one of a request;
  /// all events of one request reach the hub before its commands are performed.
  case subscribe(SubscriptionRequest)
  /// The peer unsubscribes from one filter. Answered by `unsubscribed` after the last one.
  case unsubscribe(UnsubscriptionRequest)
  /// The link takes no more deliveries for now: its output is full, or its node sleeps.
  case paused
  /// The link takes deliveries again.
  case resumed
  /// The peer is gone. May come for a link that never opened.
  case closed(Departure)
}

/// How a peer left.
@frozen
public enum Departure: BitwiseCopyable, Sendable, Equatable {
  /// It said so: its will is dropped [MQTT-3.14.4-3].
  case announced
  /// It did not: its will is published [MQTT-3.1.2-8].
  case lost
}

/// A request for a session [MQTT 3.1].
public struct SessionRequest: ~Escapable {
  /// The Client Identifier; empty asks the hub for one.
  public var clientID: Span<UInt8>
  /// Whether a session of before is discarded first.
  public var isCleanStart: Bool
  /// How long the session lives after the connection, in seconds; `UInt32.max` for ever.
  public var sessionExpiry: UInt32
  /// What the peer can do.
  public var traits: LinkTraits
  /// The will's topic; empty for no will.
  public var willTopic: Span<UInt8>
  /// The will's payload.
  public var willPayload: Span<UInt8>
  /// The will's QoS.
  public var willQoS: QoS
  /// Whether the will is retained.
  public var isWillRetained: Bool
  /// The user name; empty for none.
  public var userName: Span<UInt8>

  /// A request without will and user name.
  @inlinable
  @_lifetime(copy clientID)
  public init(
    clientID: Span<UInt8>, isCleanStart: Bool, sessionExpiry: UInt32, traits: LinkTraits
  ) {
    self.clientID = clientID
    self.isCleanStart = isCleanStart
    self.sessionExpiry = sessionExpiry
    self.traits = traits
    willTopic = clientID.extracting(0..<0)
    willPayload = clientID.extracting(0..<0)
    willQoS = .atMostOnce
    isWillRetained = false
    userName = clientID.extracting(0..<0)
  }
}

/// An application message on its way in [MQTT 3.3].
@frozen
public struct IncomingPublish: ~Escapable {
  /// The Topic Name: checked UTF-8, no wildcard, not empty.
  public let topic: Span<UInt8>
  /// The Application Message.
  public let payload: Span<UInt8>
  /// The QoS it was sent with.
  public let qos: QoS
  /// Whether it replaces the topic's retained message.
  public let isRetained: Bool
  /// The sender's identifier; none at QoS 0.
  public let packetID: PacketIdentifier

  /// Makes an incoming message.
  @inlinable
  @_lifetime(copy topic, copy payload)
  public init(
    topic: Span<UInt8>, payload: Span<UInt8>, qos: QoS, isRetained: Bool,
    packetID: PacketIdentifier
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.isRetained = isRetained
    self.packetID = packetID
  }
}

/// One filter of a SUBSCRIBE [MQTT 3.8].
@frozen
public struct SubscriptionRequest: ~Escapable {
  /// The Topic Filter: checked UTF-8; its form is checked by the hub.
  public let filter: Span<UInt8>
  /// The QoS asked for.
  public let qos: QoS
  /// The request's identifier.
  public let packetID: PacketIdentifier
  /// Whether this is the request's last filter.
  public let isLast: Bool

  /// Makes a request.
  @inlinable
  @_lifetime(copy filter)
  public init(filter: Span<UInt8>, qos: QoS, packetID: PacketIdentifier, isLast: Bool) {
    self.filter = filter
    self.qos = qos
    self.packetID = packetID
    self.isLast = isLast
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

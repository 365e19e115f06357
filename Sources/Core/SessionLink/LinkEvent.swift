import MQTTTerms

/// What a link tells its hub. The spans point into the receive buffer and live as long as the call.
public enum LinkEvent: ~Escapable {
  /// The peer wants a session. Answered by `opened`, `refused` or `challenge`.
  case open(SessionRequest)
  /// The peer goes on with an exchange that shows who it is, or starts one anew
  /// [MQTT5 4.12]. Answered by `challenge`, `opened`, `refused` or `close`.
  case authenticate(AuthenticationStep)
  /// The peer publishes. At QoS 1 answered by `acknowledge`, at QoS 2 by `confirm`.
  case publish(IncomingPublish)
  /// The peer has taken a QoS 1 message.
  case acknowledged(PacketIdentifier)
  /// The peer has received a QoS 2 message. Answered by `release`.
  case received(PacketIdentifier)
  /// The peer has refused a QoS 1 or QoS 2 message: it counts as delivered [MQTT5 4.3].
  case rejected(PacketIdentifier)
  /// The link could not carry a QoS 1 or QoS 2 message: it counts as delivered [MQTT5-3.1.2-25].
  case discarded(PacketIdentifier)
  /// The peer releases the identifier of a QoS 2 message of its own. Answered by `complete`.
  case released(PacketIdentifier)
  /// The peer is done with a QoS 2 message.
  case completed(PacketIdentifier)
  /// The peer has forgotten what it had sent before: QoS 2 messages that it has not released never
  /// will be, and their identifiers come again with others.
  case forgotten
  /// The peer subscribes to one filter. Answered by `subscribed` after the last one of a request;
  /// all events of one request reach the hub before its commands are performed.
  case subscribe(SubscriptionRequest)
  /// The peer unsubscribes from one filter. Answered by `unsubscribed` after the last one.
  case unsubscribe(UnsubscriptionRequest)
  /// The peer changes its will. Answered by `willUpdated`.
  case updateWill(WillUpdate)
  /// The link takes no more deliveries for now: its output is full.
  case paused
  /// The link takes deliveries again.
  case resumed
  /// The peer sleeps: the link takes no more deliveries, and has given up those that the peer has
  /// not acknowledged.
  case asleep
  /// The sleeping peer fetches what waits. Answered by `drained` when it has taken all of it.
  case drain
  /// The peer is gone. May come for a link that never opened.
  case closed(Departure)
}

/// How a peer left.
@frozen
public struct Departure: BitwiseCopyable, Sendable, Equatable {
  /// Whether its will is published all the same.
  public var publishesWill: Bool
  /// How long its session lives from now on, in seconds, where it has said so.
  public var sessionExpiry: UInt32?

  /// A departure of that kind.
  @inlinable
  public init(publishesWill: Bool, sessionExpiry: UInt32? = nil) {
    self.publishesWill = publishesWill
    self.sessionExpiry = sessionExpiry
  }

  /// It said so: its will is dropped [MQTT-3.14.4-3].
  @inlinable public static var announced: Departure { Departure(publishesWill: false) }
  /// It did not: its will is published [MQTT-3.1.2-8].
  @inlinable public static var lost: Departure { Departure(publishesWill: true) }
}

/// An application message on its way in [MQTT 3.3].
@frozen
public struct IncomingPublish: ~Escapable, BitwiseCopyable {
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
  /// What travels along unread: MQTT 5.0's properties, without those that are told here.
  public let properties: Span<UInt8>
  /// The seconds for which the message is of use; `UInt32.max` for ever.
  public let expiry: UInt32
  /// Whether the sender says that the payload is text.
  public let isText: Bool

  /// Makes an incoming message without properties.
  @inlinable
  @_lifetime(copy topic, copy payload)
  public init(
    topic: Span<UInt8>, payload: Span<UInt8>, qos: QoS, isRetained: Bool,
    packetID: PacketIdentifier
  ) {
    self.init(
      topic: topic, payload: payload, qos: qos, isRetained: isRetained, packetID: packetID,
      properties: payload.extracting(0..<0))
  }

  /// Makes an incoming message.
  @inlinable
  @_lifetime(copy topic, copy payload, copy properties)
  public init(
    topic: Span<UInt8>, payload: Span<UInt8>, qos: QoS, isRetained: Bool,
    packetID: PacketIdentifier, properties: Span<UInt8>, expiry: UInt32 = .max,
    isText: Bool = false
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.isRetained = isRetained
    self.packetID = packetID
    self.properties = properties
    self.expiry = expiry
    self.isText = isText
  }
}

import MQTTTerms

/// What a peer *can do*. Code asks for traits and never for kinds of peers.
@frozen
public struct LinkTraits: BitwiseCopyable, Sendable, Equatable {
  /// How many QoS 1 and 2 messages may be on their way to the peer at once (1...65,535).
  public var receiveMaximum: UInt16
  /// The largest packet that the peer takes, in octets; `UInt32.max` for no limit.
  public var maximumPacketSize: UInt32
  /// The highest QoS that the peer takes.
  public var maximumQoS: QoS
  /// Whether QoS 0 messages wait in the session's queue while the link is paused.
  public var queuesQoS0: Bool
  /// Whether a message comes with the identifiers of all subscriptions that it matches, so that one
  /// copy of it is enough.
  public var takesSubscriptionIdentifiers: Bool
  /// Whether the peer hears why something was refused.
  public var hearsReasons: Bool

  /// Makes traits; by default those of a patient MQTT 3.1.1 client.
  @inlinable
  public init(
    receiveMaximum: UInt16 = 20, maximumPacketSize: UInt32 = .max,
    maximumQoS: QoS = .exactlyOnce, queuesQoS0: Bool = false,
    takesSubscriptionIdentifiers: Bool = false, hearsReasons: Bool = false
  ) {
    self.receiveMaximum = receiveMaximum
    self.maximumPacketSize = maximumPacketSize
    self.maximumQoS = maximumQoS
    self.queuesQoS0 = queuesQoS0
    self.takesSubscriptionIdentifiers = takesSubscriptionIdentifiers
    self.hearsReasons = hearsReasons
  }
}

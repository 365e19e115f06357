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
  /// Whether QoS 0 messages wait in the session's queue when they cannot go out.
  public var queuesQoS0: Bool
  /// Whether they do as long as there is a link: while the peer sleeps, not while it is away.
  public var queuesQoS0Asleep: Bool
  /// How many messages may wait for the peer; 0 leaves it to the hub.
  public var queueLimit: UInt32
  /// What goes when too many wait.
  public var overflow: OverflowPolicy
  /// Whether the will belongs to the session and outlives the connection, until it is replaced.
  public var keepsWill: Bool
  /// Whether packet identifiers go on over connections and pauses: its line may double an
  /// acknowledgement, or bring it late, and it must not settle another message.
  public var continuesIdentifiers: Bool
  /// Whether a message comes with the identifiers of all subscriptions that it matches, so that one
  /// copy of it is enough.
  public var takesSubscriptionIdentifiers: Bool
  /// Whether the peer hears why something was refused.
  public var hearsReasons: Bool
  /// Whether it hears of a refused QoS 0 message, too: by `acknowledge` without an identifier.
  public var hearsRefusalsAtQoS0: Bool

  /// Makes traits; by default those of a patient MQTT 3.1.1 client.
  @inlinable
  public init(
    receiveMaximum: UInt16 = 20, maximumPacketSize: UInt32 = .max,
    maximumQoS: QoS = .exactlyOnce, queuesQoS0: Bool = false,
    queuesQoS0Asleep: Bool = false, queueLimit: UInt32 = 0, overflow: OverflowPolicy = .dropNewest,
    keepsWill: Bool = false, continuesIdentifiers: Bool = false,
    takesSubscriptionIdentifiers: Bool = false, hearsReasons: Bool = false,
    hearsRefusalsAtQoS0: Bool = false
  ) {
    self.receiveMaximum = receiveMaximum
    self.maximumPacketSize = maximumPacketSize
    self.maximumQoS = maximumQoS
    self.queuesQoS0 = queuesQoS0
    self.queuesQoS0Asleep = queuesQoS0Asleep
    self.queueLimit = queueLimit
    self.overflow = overflow
    self.keepsWill = keepsWill
    self.continuesIdentifiers = continuesIdentifiers
    self.takesSubscriptionIdentifiers = takesSubscriptionIdentifiers
    self.hearsReasons = hearsReasons
    self.hearsRefusalsAtQoS0 = hearsRefusalsAtQoS0
  }
}

/// What goes when more messages wait for a peer than may.
@frozen
public enum OverflowPolicy: UInt8, BitwiseCopyable, Sendable {
  /// The one that comes last.
  case dropNewest
  /// The one that has waited longest.
  case dropOldest
  /// A message takes the place of one that waits with the same topic; where there is none and no
  /// room, the one that has waited longest goes.
  case newestPerTopic
}

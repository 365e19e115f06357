import MQTTCodec
import MQTTTerms
import SessionLink

/// What a connection lets its peer do.
public struct ConnectionLimits: BitwiseCopyable, Sendable, Equatable {
  /// The largest packet, in octets: of a PUBLISH, and of all others at most.
  public var packetSize = 2_000_000
  /// The largest CONNECT, SUBSCRIBE, UNSUBSCRIBE and AUTH.
  public var requestPacketSize = 100_000
  /// The largest packet that only answers, and the largest DISCONNECT.
  public var answerPacketSize = 10_000
  /// Properties of one packet.
  public var propertiesPerPacket = 1000
  /// The time for the CONNECT to come, in milliseconds.
  public var connectTimeout: LinkTime = 30_000
  /// The longest keep alive in seconds; 0 for no limit.
  public var keepAlive: UInt16 = 0
  /// How long a kept session of 3.1 or 3.1.1 outlives its connection, in seconds; `UInt32.max` for
  /// ever.
  public var keptSessionExpiry: UInt32 = .max
  /// QoS 1 and 2 messages in flight to the peer, and from it.
  public var receiveMaximum: UInt16 = 20
  /// Topic Aliases that the peer may use.
  public var topicAliases: UInt16 = 10
  /// Topic Aliases that are used toward the peer, if it takes that many.
  public var outgoingTopicAliases: UInt16 = 10
  /// The highest QoS that the peer may publish with.
  public var maximumQoS = QoS.exactlyOnce
  /// Whether messages are retained.
  public var isRetainAvailable = true
  /// Which of the hub's policies holds for the peer.
  public var policy: UInt16 = 0
  /// Whether 3.1 is spoken.
  public var speaks31 = true
  /// Whether 3.1.1 is spoken.
  public var speaks311 = true
  /// Whether 5.0 is spoken.
  public var speaks50 = true
  /// Keeps peers from choosing topics that share hash slots.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  func speaks(_ version: ProtocolVersion) -> Bool {
    switch version {
    case .mqtt31: speaks31
    case .mqtt311: speaks311
    case .mqtt50: speaks50
    }
  }

  /// The largest packet of that type, in octets.
  @inline(__always)
  func packetSize(of type: PacketType) -> Int {
    switch type {
    case .publish: packetSize
    case .connect, .subscribe, .unsubscribe, .auth: min(requestPacketSize, packetSize)
    default: min(answerPacketSize, packetSize)
    }
  }
}

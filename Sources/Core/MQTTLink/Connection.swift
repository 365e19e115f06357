import MQTTCodec
import MQTTTerms
import SessionLink

/// What a connection lets its peer do.
public struct ConnectionLimits: BitwiseCopyable, Sendable, Equatable {
  /// The largest packet, in octets.
  public var packetSize = 2_000_000
  /// The largest packet before the peer has connected.
  public var connectPacketSize = 100_000
  /// The time for the CONNECT to come, in milliseconds.
  public var connectTimeout: LinkTime = 30_000
  /// The longest keep alive in seconds; 0 for no limit.
  public var keepAlive: UInt16 = 0
  /// How long a kept session of 3.1 or 3.1.1 outlives its connection, in seconds; `UInt32.max` for
  /// ever.
  public var keptSessionExpiry: UInt32 = .max
  /// QoS 1 and 2 messages in flight to the peer.
  public var receiveMaximum: UInt16 = 20

  /// The defaults.
  public init() {}
}

/// What the bytes of a connection come to. The spans point into the bytes.
public enum Step: ~Escapable {
  /// The next packet is not complete.
  case needMore
  /// A message for the hub. This and the next are the events that come most often, and have a way
  /// of their own.
  case publish(IncomingPublish)
  /// The peer has taken a QoS 1 message.
  case acknowledged(PacketIdentifier)
  /// Something else for the hub.
  case event(LinkEvent)
  /// A PINGREQ, to be answered by a PINGRESP [MQTT-3.12.4-1].
  case ping
  /// The connection ends.
  case close(CloseReason)
}

/// One MQTT connection between bytes and link events: protocol version, keep alive, order of
/// packets. Dies with the network connection.
public struct Connection: ~Copyable {
  enum Phase {
    case awaitingConnect
    /// Until the hub has answered: nothing further is read.
    case connecting
    case connected
    case closed
  }

  /// A SUBSCRIBE or UNSUBSCRIBE whose entries go to the hub one by one.
  struct OpenRequest {
    var packetID: PacketIdentifier
    var remainingCount: Int
    var isUnsubscribe: Bool
  }

  let limits: ConnectionLimits
  var phase = Phase.awaitingConnect
  var openRequest: OpenRequest?
  /// The version that the peer speaks.
  public internal(set) var version = ProtocolVersion.mqtt311
  /// The peer's keep alive in seconds; 0 for none.
  public internal(set) var keepAlive: UInt16 = 0
  var lastHeard: LinkTime

  /// A connection that was accepted at `now`.
  public init(limits: ConnectionLimits, at now: LinkTime) {
    self.limits = limits
    lastHeard = now
  }

  /// Whether the hub has accepted the peer.
  public var isConnected: Bool { phase == .connected }

  /// Whether a request is open whose further entries the hub must see before it is answered.
  public var isWithinRequest: Bool { openRequest != nil }

  /// When the peer counts as lost if nothing is heard: ask again then, it moves.
  public var nextDeadline: LinkTime? {
    switch phase {
    case .awaitingConnect, .connecting: lastHeard + limits.connectTimeout
    // [MQTT-3.1.2-24] one and a half times the keep alive.
    case .connected: keepAlive == 0 ? nil : lastHeard + UInt64(keepAlive) * 1500
    case .closed: nil
    }
  }

  /// The reason to close at `now`, if the peer has been silent for too long.
  public func advance(to now: LinkTime) -> CloseReason? {
    guard let deadline = nextDeadline, deadline <= now else { return nil }
    return phase == .connected ? .keepAliveTimeout : .connectTimeout
  }

  /// The hub has opened the session.
  public mutating func opened() { if phase == .connecting { phase = .connected } }

  /// Nothing more is read.
  public mutating func close() { phase = .closed }
}

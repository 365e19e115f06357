import MQTTCodec
import MQTTTerms
import SessionLink
import Slabs

/// What the bytes of a connection come to most often: small, so that it is handed on quickly. The
/// spans point into the bytes.
public enum Step: ~Escapable {
  /// The next packet is not complete.
  case needMore
  /// A message for the hub.
  case publish(IncomingPublish)
  /// The peer has taken a QoS 1 message.
  case acknowledged(PacketIdentifier)
  /// The connection ends.
  case close(CloseReason)
  /// Something that comes seldom: `receiveFurther` tells it.
  case further
}

/// What the bytes of a connection come to otherwise.
public enum FurtherStep: ~Escapable {
  /// The next packet is not complete.
  case needMore
  /// Something for the hub.
  case event(LinkEvent)
  /// A PINGREQ, to be answered by a PINGRESP [MQTT-3.12.4-1] [MQTT5-3.12.4-1].
  case ping
  /// The connection ends.
  case close(CloseReason)
}

/// One MQTT connection between bytes and link events: protocol version, keep alive, order of
/// packets, topic aliases. Dies with the network connection.
public struct Connection: ~Copyable {
  enum Phase {
    case awaitingConnect
    /// Until the hub has answered: nothing further is read.
    case connecting
    /// Until the peer has shown who it is: only AUTH and DISCONNECT are read.
    case authenticating
    /// Until the peer, which is a server, has accepted this side.
    case calling
    case connected
    case closed
  }

  /// A SUBSCRIBE or UNSUBSCRIBE whose entries go to the hub one by one.
  struct OpenRequest {
    var packetID: PacketIdentifier
    var remainingCount: Int
    var isUnsubscribe: Bool
    var subscriptionIdentifier: UInt32
  }

  let limits: ConnectionLimits
  private(set) var address: PeerAddress
  var phase = Phase.awaitingConnect
  /// Whether the peer is the server, and this side the client.
  var isCaller = false
  /// Whether the peer is a bridge: it gets no message of its own, and RETAIN as it was published.
  var isBridge = false
  var openRequest: OpenRequest?
  /// The version that the peer speaks.
  public internal(set) var version = ProtocolVersion.mqtt311
  /// The keep alive in seconds, the peer's or the one demanded of it; 0 for none.
  public internal(set) var keepAlive: UInt16 = 0
  /// When the last packet came.
  public internal(set) var lastHeard: LinkTime
  /// How the peer leaves.
  public internal(set) var departure = Departure.lost

  // What a peer of 5.0 has said in its CONNECT.
  var sessionExpiry: UInt32 = 0
  var isKeepAliveDemanded = false
  /// The largest packet that the peer takes, in octets.
  public internal(set) var maximumPacketSize = UInt32.max
  var isAuthenticatingAgain = false
  var extras = Seldom<Extras>()
  /// By how many octets the hub's topics are longer than the peer's.
  public internal(set) var mountCount = 0

  /// A connection that was accepted at `now`.
  public init(limits: ConnectionLimits, address: PeerAddress = .unknown, at now: LinkTime) {
    self.limits = limits
    self.address = address
    lastHeard = now
  }

  /// A connection to a server, which is sent a CONNECT of that version at `now`.
  public init(calling version: ProtocolVersion, limits: ConnectionLimits, at now: LinkTime) {
    self.init(limits: limits, at: now)
    self.version = version
    isCaller = true
    phase = .calling
  }

  /// Whether the hub has accepted the peer.
  public var isConnected: Bool { phase == .connected }

  /// When the peer counts as lost if nothing is heard: ask again then, it moves.
  public var nextDeadline: LinkTime? {
    switch phase {
    case .awaitingConnect, .connecting, .authenticating, .calling:
      lastHeard + limits.connectTimeout
    // [MQTT-3.1.2-24] [MQTT5-3.1.2-22] one and a half times the keep alive.
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
  public mutating func opened() {
    if phase == .connecting || phase == .authenticating { phase = .connected }
  }

  /// The hub wants the peer to go on showing who it is.
  public mutating func challenged(isDone: Bool) {
    if phase == .connecting { phase = .authenticating }
    isAuthenticatingAgain = phase == .connected && !isDone
  }

  /// The peer is elsewhere than it seemed: a proxy has told.
  public mutating func move(to address: PeerAddress) { self.address = address }

  /// Nothing more is read.
  public mutating func close() { phase = .closed }
}

import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink

/// What one bridge is to do. Names are octets, times milliseconds.
public struct BridgeOptions: Sendable, Equatable {
  /// When the bridge connects.
  public enum Start: Sendable, Equatable {
    /// At once, and again whenever the connection is lost.
    case automatic
    /// When so many messages wait for it.
    case lazy
    /// At once, and not again.
    case once
  }

  /// How many addresses the remote broker has; the first one is the primary.
  public var addressCount = 1
  /// Whether the addresses are taken in turn.
  public var isRoundRobin = false
  /// When the bridge connects.
  public var start = Start.automatic
  /// Messages that wake a lazy bridge.
  public var threshold = 10
  /// The time without messages after which a lazy bridge disconnects.
  public var idleTimeout: LinkTime = 60_000
  /// How long it waits before it connects again.
  public var restart = RestartRule()

  /// What is shared.
  public var topics: [TopicMapping] = []
  /// What was shared before these options came, and is not any more.
  public var formerTopics: [TopicMapping] = []
  /// The levels that a Topic Name may have here.
  public var topicLevels = 200

  /// Who the bridge is at the remote broker.
  public var remote: BridgeLogin
  /// Who it is at its own.
  public var local: BridgeLogin
  /// The version of MQTT that is spoken to the remote broker.
  public var version = ProtocolVersion.mqtt311
  /// Whether it says that it is a bridge.
  public var showsBridge = true
  /// Whether it unsubscribes from what only goes out.
  public var unsubscribes = true
  /// Whether messages stay retained on their way out.
  public var keepsRetain = true
  /// The keep alive in seconds; also how long an answer may take.
  public var keepAlive: UInt16 = 60
  /// The largest packet to send, in octets; `UInt32.max` for no limit.
  public var maximumPacketSize = UInt32.max
  /// QoS 1 and 2 messages in flight to the remote broker, if it does not take fewer.
  public var inFlightMessages: UInt16 = 20
  /// Seconds that the session at a remote broker of 5.0 outlives the connection.
  public var sessionExpiry: UInt32 = 0
  /// What the remote broker may send; its `receiveMaximum` and aliases are for 5.0. What it sends as
  /// retained is not, unless `isRetainAvailable`.
  public var limits = ConnectionLimits()

  /// Where it is told whether the bridge is connected; empty for nowhere.
  public var notificationTopic: [UInt8] = []
  /// Whether the remote broker is told, too.
  public var notifiesRemote = true

  /// Whether its session at its own broker outlives a connection: that of a lazy bridge always does, as
  /// it collects what wakes the bridge.
  public var keepsSession: Bool { !local.isClean || start == .lazy }

  /// The options of a bridge that is known by these names.
  public init(remote: BridgeLogin, local: BridgeLogin) {
    self.remote = remote
    self.local = local
  }
}

/// Who a bridge is at one of its brokers.
public struct BridgeLogin: Sendable, Equatable {
  /// The Client Identifier.
  public var clientID: [UInt8]
  /// The user name.
  public var userName: [UInt8]?
  /// The password.
  public var password: [UInt8]?
  /// Whether the session ends with the connection.
  public var isClean = false

  /// Somebody without a user name, whose session is kept.
  public init(clientID: [UInt8]) { self.clientID = clientID }
}

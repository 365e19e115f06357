/// One `connection`: a bridge to another broker.
public struct BridgeSettings: Sendable, Equatable {
  /// Which MQTT is spoken to the remote broker.
  public enum Version: Sendable, Equatable {
    /// `mqttv31`
    case mqtt31
    /// `mqttv311`
    case mqtt311
    /// `mqttv50`
    case mqtt50
  }

  /// When the bridge connects.
  public enum Start: Sendable, Equatable {
    /// At once, and again whenever the connection is lost.
    case automatic
    /// When enough messages wait for it, until nothing has gone over it for a while.
    case lazy
    /// At once, and not again.
    case once
  }

  /// When changed options take effect.
  public enum Reload: Sendable, Equatable {
    /// With the next connection.
    case lazy
    /// At once: the connection is closed for it.
    case immediate
  }

  /// The name (`connection`).
  public var name: String
  /// The remote brokers (`address`), the first one the primary.
  public var addresses: [BridgeAddress] = []
  /// What is shared (`topic`).
  public var topics: [BridgeTopic] = []
  /// When the bridge connects (`start_type`).
  public var start = Start.automatic
  /// When changed options take effect (`bridge_reload_type`).
  public var reload = Reload.lazy
  /// Messages that wake a lazy bridge (`threshold`).
  public var threshold: UInt32 = 10
  /// Seconds without messages after which a lazy bridge disconnects (`idle_timeout`).
  public var idleTimeout: UInt32 = 60
  /// How long the bridge waits before it connects again (`restart_timeout`).
  public var restart = RestartTimeout()
  /// Whether the addresses are equal and taken in turn (`round_robin`).
  public var isRoundRobin = false
  /// What is said to the remote broker.
  public var remote = BridgeRemote()
  /// What the bridge is for its own broker.
  public var local = BridgeLocal()
  /// How it is told whether the bridge is connected.
  public var notifications = BridgeNotifications()
  /// The network connection.
  public var network = BridgeNetwork()
  /// TLS, where it is spoken.
  public var tls = BridgeTLS()

  /// The bridge of that name, with everything at its default.
  public init(name: String) { self.name = name }
}

/// A remote broker.
public struct BridgeAddress: Sendable, Equatable {
  /// Its host name or address.
  public var host: String
  /// Its port.
  public var port: UInt16

  /// The broker at `port` of `host`.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}

/// How long a bridge waits before it connects again, in seconds.
public struct RestartTimeout: Sendable, Equatable {
  /// The shortest time.
  public var base: UInt32 = 5
  /// The longest time; the same as `base` for one that never changes.
  public var cap: UInt32 = 30
  /// How long a connection must have lasted for the next wait to be short again; 0 for any.
  public var stable: UInt32 = 0

  /// From 5 to 30 seconds.
  public init() {}
}

/// What a bridge says to the remote broker.
public struct BridgeRemote: Sendable, Equatable {
  /// The version of MQTT (`bridge_protocol_version`).
  public var version = BridgeSettings.Version.mqtt311
  /// Its Client Identifier there (`remote_clientid`); nil for the bridge's name, a dot and the
  /// name of the machine.
  public var clientID: String?
  /// Its user name there (`remote_username`).
  public var userName: String?
  /// Its password there (`remote_password`).
  public var password: String?
  /// Whether the session there starts anew and ends with the connection (`cleansession`).
  public var isClean = false
  /// The keep alive in seconds (`keepalive_interval`).
  public var keepAlive: UInt16 = 60
  /// Whether the bridge says that it is one (`try_private`).
  public var showsBridge = true
  /// Whether it takes back what it may have subscribed to before (`bridge_attempt_unsubscribe`).
  public var unsubscribes = true
  /// Whether messages stay retained on their way out (`bridge_outgoing_retain`).
  public var keepsRetain = true
  /// Octets of the largest packet to send; 0 for no limit (`bridge_max_packet_size`).
  public var maxPacketSize: UInt32 = 0
  /// Topic Aliases either way (`bridge_max_topic_alias`).
  public var maxTopicAlias: UInt16 = 10
  /// Messages that may come at once; nil for max_inflight_messages (`bridge_receive_maximum`).
  public var receiveMaximum: UInt16?
  /// Seconds that the session there outlives the connection (`bridge_session_expiry_interval`).
  public var sessionExpiry: UInt32 = 0

  /// The defaults.
  public init() {}
}

/// What a bridge is for its own broker.
public struct BridgeLocal: Sendable, Equatable {
  /// Its Client Identifier (`local_clientid`); nil for "local." and that at the remote broker.
  public var clientID: String?
  /// Its user name (`local_username`).
  public var userName: String?
  /// Its password (`local_password`).
  public var password: String?
  /// Whether its session ends with the connection; nil for as at the remote broker
  /// (`local_cleansession`).
  public var isClean: Bool?

  /// The defaults.
  public init() {}
}

/// How it is told whether a bridge is connected.
public struct BridgeNotifications: Sendable, Equatable {
  /// Whether it is told (`notifications`).
  public var areSent = true
  /// Whether it is told to the own broker only (`notifications_local_only`).
  public var areLocal = false
  /// Where (`notification_topic`); nil for one below `$SYS`.
  public var topic: String?

  /// The defaults.
  public init() {}
}

/// The network connection of a bridge.
public struct BridgeNetwork: Sendable, Equatable {
  /// The times of TCP keep alive.
  public struct KeepAlive: Sendable, Equatable {
    /// Seconds of silence before the first probe.
    public var idle: Int32
    /// Seconds between probes.
    public var interval: Int32
    /// Probes without an answer that end the connection.
    public var count: Int32
  }

  /// The own address (`bridge_bind_address`).
  public var bindAddress: String?
  /// TCP keep alive, where it is wanted (`bridge_tcp_keepalive`).
  public var keepAlive: KeepAlive?
  /// Milliseconds that sent octets may stay unacknowledged; 0 for the system's choice
  /// (`bridge_tcp_user_timeout`).
  public var userTimeout: Int32 = 0

  /// The defaults.
  public init() {}
}

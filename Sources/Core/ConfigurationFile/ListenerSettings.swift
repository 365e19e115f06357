/// One `listener`: a TCP port or Unix socket for MQTT, or a UDP port for MQTT-SN.
public struct ListenerSettings: Sendable, Equatable {
  /// What is spoken on the port.
  public enum Speech: Sendable, Equatable {
    /// MQTT over TCP.
    case mqtt
    /// MQTT over WebSocket.
    case websockets
    /// MQTT-SN over UDP.
    case mqttsn
  }

  /// The interface to bind to.
  public enum Place: Sendable, Equatable {
    /// All interfaces.
    case everywhere
    /// Only this machine: 127.0.0.1 and, where there is one, ::1.
    case loopback
    /// The addresses of this host name or this address.
    case host(String)
    /// A Unix socket.
    case path(String)
  }

  /// A kind of addresses.
  public enum Domain: Sendable, Equatable {
    /// `ipv4`
    case ipv4
    /// `ipv6`
    case ipv6
  }

  /// The port; 0 lets the kernel choose a free one.
  public var port: UInt16
  /// Where to bind.
  public var place: Place
  /// The protocol (`protocol`).
  public var speech: Speech
  /// The multicast groups in which nodes look for the gateway (`multicast_group`).
  public var multicastGroups: [String] = []
  /// How many routers a multicast may pass, and one (`multicast_hops`).
  public var multicastHops: UInt8 = 1
  /// The most connections at one time; nil for no limit (`max_connections`).
  public var maxConnections: Int?
  /// The highest QoS that clients may publish with, 0 to 2 (`max_qos`).
  public var maxQoS: UInt8 = 2
  /// Topic Aliases that a client may use (`max_topic_alias`).
  public var maxTopicAlias: UInt16 = 10
  /// Topic Aliases that are used toward a client, if it takes that many
  /// (`max_topic_alias_broker`).
  public var maxTopicAliasBroker: UInt16 = 10
  /// Who gets in, and what for, where each listener has its own (`per_listener_settings`).
  public var security: SecuritySettings?
  /// Whether clients without a user name get in, where it says so (`listener_allow_anonymous`).
  public var allowsAnonymous: Bool?
  /// What identifiers begin with that the broker chooses, where it says so
  /// (`listener_auto_id_prefix`).
  public var clientIDPrefix: String?
  /// The numbers of the plugins that it uses (`plugin_use`), and what they say of its clients.
  var pluginUses: [Int] = []
  var pluginEffects = PluginEffects()
  /// Whether the user name is the Client Identifier (`use_username_as_clientid`).
  public var identifiesByUserName = false
  /// What all topics of its clients begin with, unseen by them (`mount_point`).
  public var mountPoint: String?
  /// The one kind of addresses to bind to; nil for both (`socket_domain`).
  public var domain: Domain?
  /// The network interface to hear (`bind_interface`).
  public var interface: String?
  /// What stands between its sockets and MQTT.
  public var transport = ListenerTransport()
  /// TLS, where it is spoken.
  public var tls = ListenerTLS()
  /// What is spoken (`accept_protocol_versions`).
  public var versions = ProtocolVersions.all

  /// A listener at `port` on `place`.
  public init(
    port: UInt16, place: Place = .everywhere, speech: Speech = .mqtt, maxConnections: Int? = nil
  ) {
    self.port = port
    self.place = place
    self.speech = speech
    self.maxConnections = maxConnections
  }

  /// Whether something is set that means nothing for MQTT-SN.
  var hasOptionsOfMQTT: Bool {
    var plain = self
    plain.speech = .mqttsn
    plain.multicastGroups = []
    plain.multicastHops = 1
    plain.domain = nil
    plain.pluginUses = []
    return plain != ListenerSettings(port: port, place: place, speech: .mqttsn)
  }
}

/// A set of versions of MQTT, by the numbers that `accept_protocol_versions` gives them.
public struct ProtocolVersions: OptionSet, Sendable {
  /// One bit for each version.
  public let rawValue: UInt8

  /// The set with these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// 3.1 (`3`)
  public static let mqtt31 = ProtocolVersions(rawValue: 1)
  /// 3.1.1 (`4`)
  public static let mqtt311 = ProtocolVersions(rawValue: 2)
  /// 5.0 (`5`)
  public static let mqtt50 = ProtocolVersions(rawValue: 4)
  /// All of them.
  public static let all: ProtocolVersions = [.mqtt31, .mqtt311, .mqtt50]
}

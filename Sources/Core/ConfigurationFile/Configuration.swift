/// All that a daemon must know before it starts: what a configuration file says, with defaults.
public struct Configuration: Sendable, Equatable {
  /// Where to listen, in the file's order; without any in the file MQTT on 1883 and MQTT-SN on
  /// 1884, on loopback only.
  public var listeners: [ListenerSettings] = []
  /// The serial lines that carry nodes (`serial PATH`).
  public var serialLines: [SerialLineSettings] = []
  /// Topics that MQTT-SN nodes may name by number without registering them.
  public var predefinedTopics: [PredefinedTopic] = []
  /// The nodes that are known by name (`node`).
  public var nodes: [NodeSettings] = []
  /// The bridges to other brokers (`connection`).
  public var bridges: [BridgeSettings] = []
  /// How nodes are treated.
  public var gateway = GatewaySettings()
  /// The gateway's own number in ADVERTISE and GWINFO, 1 to 255 (`gateway_id`).
  public var gatewayID: UInt8 = 1
  /// Seconds between two ADVERTISE messages, 0 for none (`advertise_interval`).
  public var advertiseInterval: UInt16 = 900
  /// Who gets in, and what for, where a listener has no settings of its own.
  public var security = SecuritySettings()
  /// Whether every listener has (`per_listener_settings`).
  public var isPerListener = false
  /// The account that the daemon runs as when root starts it; nil leaves the choice (`user`).
  public var user: String?
  /// The file that gets the secrets of TLS sessions; nil for none. Only the command line names it.
  public var keyLogFile: String?
  /// Whether the broker tells of itself at `$CONTROL/broker/v1` (`enable_control_api`).
  public var tellsOfItself = false
  /// Where the number of the daemon's process is written; nil for nowhere (`pid_file`).
  public var pidFile: String?
  /// The plugins of Mosquitto that the file names.
  public internal(set) var plugins: [PluginSettings] = []
  /// What they say of everybody without a listener of its own.
  var pluginEffects = PluginEffects()
  /// What is logged, and to where.
  public var logging = LogSettings()
  /// How much peers may ask of the broker.
  public var limits = LimitSettings()
  /// How the broker treats sessions and messages where there is a choice.
  public var messaging = MessagingSettings()
  /// What stands between sockets and MQTT.
  public var transport = TransportSettings()
  /// Lines worth a warning in the log: deprecated options, options without effect.
  public var notices: [String] = []

  /// No listeners, all else at its default.
  public init() {}
}

/// One serial line that carries framed MQTT-SN.
public struct SerialLineSettings: Sendable, Equatable {
  /// How messages are cut out of the octets of the line.
  public enum Framing: Sendable, Equatable {
    /// HDLC-like frames with a check sequence.
    case hdlc
    /// MQTT-SN's own length octet and nothing else.
    case raw
    /// API frames of a Digi XBee radio.
    case xbee
  }

  /// The device's path.
  public var path: String
  /// Bits per second (`serial_baud`).
  public var baud: UInt32 = 115_200
  /// The framing (`serial_framing`).
  public var framing = Framing.hdlc
  /// The radio's API mode, 1 or 2 (`serial_xbee_mode`).
  public var xbeeMode: UInt8 = 2
  /// The longest frame body in octets (`serial_max_frame`).
  public var maxFrame = 255

  /// The line at `path` with the default baud rate and framing.
  public init(path: String) { self.path = path }

  /// Whether the path is one that the kernel gives to USB adapters in the order of their coming.
  var hasBareName: Bool {
    ["/dev/ttyUSB", "/dev/ttyACM"].contains { prefix in
      guard path.hasPrefix(prefix) else { return false }
      let number = path.utf8.dropFirst(prefix.utf8.count)
      return !number.isEmpty && number.allSatisfy { (0x30...0x39).contains($0) }
    }
  }
}

/// A topic that nodes and gateway know by number from the start [SN 6.11].
public struct PredefinedTopic: Sendable, Equatable {
  /// The topic id, 1 to 65534.
  public var id: UInt16
  /// The topic name.
  public var name: String
  /// The one client that the number is for; nil for all.
  public var clientID: String?

  /// `id` stands for `name`, for `clientID` or everybody.
  public init(id: UInt16, name: String, clientID: String? = nil) {
    self.id = id
    self.name = name
    self.clientID = clientID
  }
}

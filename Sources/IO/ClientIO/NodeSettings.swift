import SerialFraming

/// Where a gateway is, and how a node speaks with it.
public struct GatewayRoute: Sendable, Equatable {
  /// The kinds of ways to a gateway.
  public enum Way: Sendable, Equatable {
    /// UDP to that host's name or address and that port.
    case udp(host: String, port: UInt16)
    /// A serial line: the device, its rate in baud, how messages stand on it.
    case serial(path: String, baud: Int, format: LineFormat)
  }

  /// The way to the gateway.
  public var way: Way
  /// The wireless node id (up to 252 octets) with which messages go in a forwarder's envelope
  /// [SN 5.5]; nil for a node of its own.
  public var forwardedNode: [UInt8]?

  /// A way for a node of its own.
  public init(_ way: Way) { self.way = way }
}

/// What a node connects with, kept for reconnections.
public struct NodeSettings: Sendable {
  /// The client identifier: at least one octet; the specification allows 23.
  public var clientIdentifier: [UInt8]
  /// The keep alive in seconds; 0 turns it off.
  public var keepAlive: UInt16 = 60
  /// Whether the session starts anew.
  public var isCleanSession = true
  /// The will; its properties are of no use here.
  public var will: ConnectSettings.Will?
  /// How long an answer is waited for, T_RETRY, in milliseconds.
  public var retryInterval: UInt32 = 10_000
  /// How often a request is repeated, N_RETRY.
  public var retryLimit: UInt8 = 3

  /// A clean session of that node.
  public init(clientIdentifier: [UInt8]) { self.clientIdentifier = clientIdentifier }
}

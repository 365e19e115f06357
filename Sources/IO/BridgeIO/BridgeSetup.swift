import MQTTBridge
import Reactor
import TLS

/// One bridge as the network knows it.
public struct BridgeSetup {
  /// Its name in the log.
  public var name: String
  /// What it is to do.
  public var options: BridgeOptions
  /// Where the remote broker is, the primary first.
  public var places: [BridgePlace]
  /// How it is reached.
  public var transport = BridgeTransport()

  /// A bridge over TCP. The options are told how many places there are.
  public init(name: String, options: BridgeOptions, places: [BridgePlace]) {
    self.name = name
    self.options = options
    self.options.addressCount = places.count
    self.places = places
  }
}

/// A remote broker's host and port.
public struct BridgePlace: Sendable, Equatable {
  /// A name or an address.
  public var host: String
  /// The port.
  public var port: UInt16

  /// That port of that host.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// "host:port", an address of IPv6 in brackets.
  public var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// How a remote broker is reached.
public struct BridgeTransport {
  /// TCP keep alive: seconds, seconds, and how often.
  public struct KeepAlive: Sendable, Equatable {
    let idle: Int32, interval: Int32, count: Int32

    /// Probes after `idle` seconds, every `interval` seconds, and `count` of them.
    public init(idle: Int32, interval: Int32, count: Int32) {
      self.idle = idle
      self.interval = interval
      self.count = count
    }
  }

  /// The own addresses to connect from, with port 0; empty: the system's choice.
  public var sources: [SocketAddress] = []
  /// TCP keep alive, where it is wanted.
  public var keepAlive: KeepAlive?
  /// Milliseconds that sent octets may stay unacknowledged; 0 for the system's choice.
  public var userTimeout: Int32 = 0
  /// TLS, where it is spoken.
  public var tls: TLSContext?

  /// Plain TCP.
  public init() {}
}

/// What a bridge has to say in the log.
public struct BridgeIONotice: Sendable {
  /// Its name.
  public var name: String
  /// Where its remote broker is.
  public var place: String
  /// What it has to say.
  public var notice: BridgeNotice
}

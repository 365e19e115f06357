import ProxyProtocol
import WebSocket

/// What stands between the octets of a listener's connections and MQTT: first what a proxy says,
/// then WebSocket.
public struct TransportRules: Sendable, Equatable {
  /// What proxies say at the beginning.
  public struct Proxy: Sendable, Equatable {
    /// The form in which they say it.
    public var version: ProxyVersion
    /// Whether only clients with TLS to the proxy get in.
    public var requiresTLS = false
    /// Whether only clients get in that have shown the proxy a good certificate.
    public var requiresCertificate = false

    /// That form, with and without TLS.
    public init(version: ProxyVersion) { self.version = version }
  }

  /// What proxies say; nil where clients come by themselves.
  public var proxy: Proxy?
  /// How WebSocket is spoken; nil where MQTT follows at once.
  public var webSocket: UpgradeRules?

  /// Nothing between socket and MQTT.
  public init() {}

  /// Whether the octets are those of MQTT from the beginning.
  var isPlain: Bool { proxy == nil && webSocket == nil }
}

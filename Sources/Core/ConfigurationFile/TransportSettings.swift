/// What stands between sockets and MQTT, for all listeners.
public struct TransportSettings: Sendable, Equatable {
  /// The longest HTTP request of a WebSocket client in octets (`websockets_headers_size`).
  public var headerSize = Self.defaultHeaderSize

  static let defaultHeaderSize = 4096
}

/// What stands between a listener's sockets and MQTT.
public struct ListenerTransport: Sendable, Equatable {
  /// The version of the PROXY protocol that connections begin with, 1 or 2; 0 for none
  /// (`enable_proxy_protocol`).
  public var proxyVersion: UInt8 = 0
  /// Whether only clients get in that speak TLS to the proxy (`proxy_protocol_v2_require_tls`).
  public var proxyRequiresTLS = false
  /// The values of Origin that are let in; all where there is none (`websockets_origin`).
  public var origins: [String] = []
}

extension ListenerSettings {
  /// Lines about options that have no effect on the listener.
  var transportNotices: [String] {
    var notices: [String] = []
    if transport.proxyRequiresTLS, transport.proxyVersion != 2 {
      notices.append(
        "The proxy_protocol_v2_require_tls option has no effect without enable_proxy_protocol 2.")
    }
    if !transport.origins.isEmpty, speech == .mqtt {
      notices.append("The websockets_origin option has no effect without protocol websockets.")
    }
    return notices
  }
}

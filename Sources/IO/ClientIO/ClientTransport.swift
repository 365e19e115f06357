import Reactor
import TLS

/// How a client reaches its broker: over TCP, where nothing else is said.
public struct ClientTransport {
  /// The own addresses to connect from, of any family and with port 0; empty: the system's choice.
  public var sourceAddresses: [SocketAddress] = []
  /// The proxy that connects to the broker for the client; nil for none. Nothing to a Unix socket.
  public var proxy: ClientProxy?
  /// The path of the broker's Unix socket, instead of host and port.
  public var unixPath: String?
  /// The path to ask for when WebSocket is to be spoken ("/mqtt"); nil where it is not.
  public var webSocketPath: String?

  /// TLS, where it is to be spoken; where it looks at certificates, the broker's must be that of the
  /// host that is connected to.
  public var tls: TLSContext?

  /// MQTT over TCP.
  public init() {}
}

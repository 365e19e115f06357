import BrokerIO
import ConfigurationFile
import WebSocket

extension TransportRules {
  /// Those of a listener.
  init(_ configuration: Configuration, _ listener: ListenerSettings) {
    self.init()
    switch listener.transport.proxyVersion {
    case 1: proxy = Proxy(version: .version1)
    case 2:
      proxy = Proxy(version: .version2)
      proxy?.requiresTLS = listener.transport.proxyRequiresTLS
    default: break
    }
    guard listener.speech == .websockets else { return }
    var rules = UpgradeRules()
    rules.sizeLimit = configuration.transport.headerSize
    rules.origins = listener.transport.origins
    webSocket = rules
  }
}

import BrokerIO
import ConfigurationFile
import MQTTLink

extension ListenerTerms {
  /// Those of the listener at that place of the configuration.
  init(_ configuration: Configuration, listener index: Int) {
    let settings = configuration.listeners[index]
    // The first policy is everybody's.
    let limits = ConnectionLimits(
      configuration, settings, policy: UInt16(clamping: index + 1),
      seed: .random(in: .min ... .max))
    self.init(limits: limits, rules: TransportRules(configuration, settings))
    listener = index
    connectionLimit = settings.maxConnections ?? .max
    mountPoint = Array((settings.mountPoint ?? "").utf8)
    if settings.tls.isSpoken {
      tls = configuration.listeners[..<index].count { $0.tls.isSpoken }
    }
  }
}

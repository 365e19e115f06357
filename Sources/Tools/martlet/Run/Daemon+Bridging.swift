import BridgeIO
import ConfigurationFile
import Reactor
import SessionLink

// Bridges to other brokers.
extension Daemon {
  mutating func startBridges(_ setups: [BridgeSetup]) {
    let now = MonotonicClock.now()
    for setup in setups {
      bridges.add(
        setup, links: &broker.links, hub: &broker.broker, commands: &broker.commands, at: now)
    }
    broker.perform(at: now)
  }

  /// Makes the bridges those of `settings`, which are ready to run as `setups`; before they were those
  /// of the configuration.
  mutating func renewBridges(
    _ settings: [BridgeSettings], _ setups: [BridgeSetup], at now: LinkTime
  ) {
    var renewed: [RenewedBridge] = []
    for (settings, setup) in zip(settings, setups) {
      let before = configuration.bridges.first { $0.name == settings.name }
      let change: RenewedBridge.Change =
        settings == before ? .none : settings.reload == .immediate ? .now : .later
      renewed.append(RenewedBridge(setup, change))
    }
    bridges.renew(
      renewed, links: &broker.links, hub: &broker.broker, commands: &broker.commands,
      reactor: &reactor, at: now)
    broker.perform(at: now)
  }
}

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

  /// The bridges that the configuration names now.
  func bridgesRead() throws(AccessProblem) -> [BridgeSettings] {
    do throws(ConfigurationProblem) { return try source.read().bridges } catch {
      // The first line says what is wrong, the second where.
      let words = error.description.split(separator: "\n").joined(separator: " ")
      throw AccessProblem(
        description: words.hasPrefix("Error: ") ? String(words.dropFirst(7)) : words)
    }
  }

  /// Makes the bridges those of `settings`, which are ready to run as `setups`.
  mutating func renewBridges(
    _ settings: [BridgeSettings], _ setups: [BridgeSetup], at now: LinkTime
  ) {
    var renewed: [RenewedBridge] = []
    for (settings, setup) in zip(settings, setups) {
      let before = bridgeSettings.first { $0.name == settings.name }
      let change: RenewedBridge.Change =
        settings == before ? .none : settings.reload == .immediate ? .now : .later
      renewed.append(RenewedBridge(setup, change))
    }
    bridgeSettings = settings
    bridges.renew(
      renewed, links: &broker.links, hub: &broker.broker, commands: &broker.commands,
      reactor: &reactor, at: now)
    broker.perform(at: now)
  }
}

import BrokerCore
import ConfigurationFile
import MQTTLink
import Testing

@testable import martlet

@Suite struct SettingsTests {
  @Test func `without options the limits are those of the core`() {
    let configuration = Configuration()
    #expect(BrokerLimits(configuration.limits, configuration.messaging) == BrokerLimits())
    let listener = ListenerSettings(port: 1883)
    #expect(ConnectionLimits(configuration, listener, seed: 0) == ConnectionLimits())
  }

  @Test func `no limit of messages in flight is all that identifiers allow`() {
    var configuration = Configuration()
    configuration.limits.maxInflightMessages = 0
    let broker = BrokerLimits(configuration.limits, configuration.messaging)
    #expect(broker.receiveMaximum == .max && broker.inFlightMessages == .max)
    #expect(broker.incomingExactlyOnce == 65535)
    let listener = ListenerSettings(port: 1883)
    #expect(ConnectionLimits(configuration, listener, seed: 0).receiveMaximum == .max)
  }

  @Test(arguments: [0, 5, UInt64(UInt32.max) - 1, UInt64(UInt32.max), .max])
  func `a session that is to end is not kept for ever`(_ seconds: UInt64) {
    var configuration = Configuration()
    configuration.limits.persistentClientExpiration = seconds
    let limits = ConnectionLimits(configuration, ListenerSettings(port: 1883), seed: 0)
    #expect(UInt64(limits.keptSessionExpiry) == min(seconds, UInt64(UInt32.max) - 1))
  }
}

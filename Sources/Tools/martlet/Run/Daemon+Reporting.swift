import BridgeIO
import BrokerIO
import ConfigurationFile
import GatewayIO
import MQTTTerms
import SessionLink

// The log's lines.
extension Daemon {
  /// Has the services note what is logged and no more.
  mutating func noteWhatIsLogged() {
    broker.tracesPackets = log.writes(.debug)
    broker.broker.remarksOnSubscriptions = log.writes([.subscribe, .unsubscribe])
  }

  /// Writes what the services have noted, and publishes it where `log_dest topic` wants that.
  mutating func report() {
    writeNotices()
    guard let published = log.published else { return }
    // What this sets off would set off more.
    published.isDeaf = true
    for line in published.takeAll() { broker.publish(line.topic, line.text, isRetained: false) }
    broker.takeRemarks()
    writeNotices()
    published.isDeaf = false
  }

  private mutating func writeNotices() {
    for index in 0..<broker.notices.count { log.write(broker.notices[index].line) }
    broker.notices.removeAll()
    for index in 0..<gateway.notices.count {
      let notice = gateway.notices[index]
      if let (clientID, state) = notice.departure { gatewayStatus.depart(clientID, state, &broker) }
      log.write(notice.line)
    }
    gateway.notices.removeAll()
    for index in 0..<bridges.notices.count {
      let line = bridges.notices[index].line
      log.write(line.type, line.text)
    }
    bridges.notices.removeAll()
  }
}

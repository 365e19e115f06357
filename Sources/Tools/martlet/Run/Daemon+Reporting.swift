import BridgeIO
import BrokerIO
import GatewayIO

// The log's lines.
extension Daemon {
  /// Writes what the services have noted.
  mutating func report() {
    for index in 0..<broker.notices.count {
      let line = broker.notices[index].line
      if !line.isAboutConnection || log.showsConnections { log.write(line.type, line.text) }
    }
    broker.notices.removeAll()
    for index in 0..<gateway.notices.count {
      let notice = gateway.notices[index]
      if let (clientID, state) = notice.departure { gatewayStatus.depart(clientID, state, &broker) }
      let line = notice.line
      if !line.isAboutConnection || log.showsConnections { log.write(line.type, line.text) }
    }
    gateway.notices.removeAll()
    for index in 0..<bridges.notices.count {
      let line = bridges.notices[index].line
      log.write(line.type, line.text)
    }
    bridges.notices.removeAll()
  }
}

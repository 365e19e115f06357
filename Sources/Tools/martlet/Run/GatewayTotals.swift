import BrokerIO
import MQTTSNGateway

extension GatewayStatus {
  /// What the gateway has counted over all lines: `$SYS/broker/gateway/total/…`.
  mutating func publishTotals(_ gateway: borrowing Gateway, _ broker: inout BrokerService) {
    let counters = gateway.counters
    let fields: [(String, UInt64)] = [
      ("nodes", UInt64(gateway.nodeCount)), ("received", counters.datagramsReceived),
      ("sent", counters.datagramsSent), ("publishes_received", counters.publishesReceived),
      ("publishes_sent", counters.publishesSent), ("retransmissions", counters.retransmissions),
      ("dropped", counters.deliveriesDropped), ("lost", counters.nodesLost),
      ("late", counters.lateWakers), ("connects_refused", counters.connectsRefused),
      ("nodes_refused", counters.nodesRefused), ("topics_refused", counters.topicsRefused),
      ("publishes_refused", counters.publishesRefused),
      ("forwarders_refused", counters.forwardersRefused), ("strangers", counters.strangers),
      ("malformed", counters.malformed.total),
    ]
    for (field, value) in fields { set(field, of: "total", to: "\(value)", &broker) }
  }
}

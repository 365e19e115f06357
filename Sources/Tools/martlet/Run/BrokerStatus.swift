import BrokerCore
import BrokerIO
import Reactor
import SessionLink

/// `$SYS/broker/…` with Mosquitto's names: retained, only when a value has changed, and without an
/// expiry.
struct BrokerStatus {
  private var interval: LinkTime
  private let startedAt: LinkTime
  private var roundAt: LinkTime
  private var values: [String: String] = [:]
  private var loads: [String: LoadAverage] = [:]
  private var heapMaximum = 0

  /// A round every `interval` milliseconds; 0 for none.
  init(interval: LinkTime, at now: LinkTime) {
    self.interval = interval
    startedAt = now
    roundAt = now
  }

  /// Starts another interval; 0 for none.
  mutating func publish(every interval: LinkTime, from now: LinkTime) {
    guard interval != self.interval else { return }
    self.interval = interval
    roundAt = now
  }

  /// When `publish` has something to do.
  var nextDeadline: LinkTime? { interval == 0 ? nil : roundAt }

  /// Publishes what has changed, when it is time.
  mutating func publish(to broker: inout BrokerService, at now: LinkTime) {
    guard interval > 0, roundAt <= now else { return }
    roundAt = now + interval
    set("version", "martlet version \(version)", &broker)
    set("uptime", "\((now - startedAt) / 1000) seconds", &broker)
    publishClients(&broker)
    publishMessages(&broker)
    publishMemory(&broker)
    publishLimits(&broker)
    publishLoads(&broker, at: now)
  }

  private mutating func publishClients(_ broker: inout BrokerService) {
    let total = broker.broker.sessionCount
    let connected = broker.broker.connectedClients
    let statistics = broker.broker.statistics
    set("clients/total", total, &broker)
    set("clients/connected", connected, &broker)
    set("clients/active", connected, &broker)
    set("clients/disconnected", total - connected, &broker)
    set("clients/inactive", total - connected, &broker)
    set("clients/maximum", statistics.connectedMaximum, &broker)
    set("clients/expired", statistics.sessionsExpired, &broker)
    set("connections/socket/count", broker.connectionCount, &broker)
    set("subscriptions/count", statistics.subscriptions, &broker)
    set("shared_subscriptions/count", statistics.sharedSubscriptions, &broker)
    set("refusals/count", statistics.refusals, &broker)
    set("retained messages/count", statistics.retainedMessages, &broker)
  }

  private mutating func publishMessages(_ broker: inout BrokerService) {
    let statistics = broker.broker.statistics
    let traffic = broker.traffic
    set("bytes/received", traffic.received, &broker)
    set("bytes/sent", traffic.sent, &broker)
    set("messages/received", traffic.packetsReceived, &broker)
    set("messages/sent", broker.packetsSent, &broker)
    set("messages/stored", broker.broker.messages.count, &broker)
    set("store/messages/count", broker.broker.messages.count, &broker)
    set("store/messages/bytes", broker.broker.messages.byteCount, &broker)
    set("publish/messages/received", statistics.publishesReceived, &broker)
    set("publish/messages/sent", statistics.publishesSent, &broker)
    set("publish/messages/dropped", statistics.publishesDropped, &broker)
    set("publish/messages/expired", statistics.publishesExpired, &broker)
    set("publish/messages/oversized", traffic.oversized, &broker)
    set("publish/messages/waiting", statistics.waitingMessages, &broker)
    set("publish/bytes/received", statistics.payloadReceived, &broker)
    set("publish/bytes/sent", statistics.payloadSent, &broker)
  }

  private mutating func publishMemory(_ broker: inout BrokerService) {
    let current = Memory.heapOctets()
    heapMaximum = max(heapMaximum, current)
    // In this order: nobody ever sees more now than at most.
    set("heap/maximum", heapMaximum, &broker)
    set("heap/current", current, &broker)
    set("packet/out/bytes", broker.pendingOctets, &broker)
  }

  private mutating func publishLimits(_ broker: inout BrokerService) {
    let statistics = broker.broker.statistics
    let traffic = broker.traffic
    for limit in LimitCounter.all {
      set("limits/\(limit.option)/hits", limit.hits(statistics, traffic), &broker)
    }
  }

  private mutating func publishLoads(_ broker: inout BrokerService, at now: LinkTime) {
    let statistics = broker.broker.statistics
    let traffic = broker.traffic
    let totals: [(String, UInt64)] = [
      ("messages/received", traffic.packetsReceived), ("messages/sent", broker.packetsSent),
      ("publish/received", statistics.publishesReceived),
      ("publish/sent", statistics.publishesSent),
      ("publish/dropped", statistics.publishesDropped), ("bytes/received", traffic.received),
      ("bytes/sent", traffic.sent), ("sockets", traffic.accepted),
      ("connections", traffic.accepted),
    ]
    for (name, total) in totals {
      var load = loads[name] ?? LoadAverage(at: startedAt)
      load.update(total: total, at: now)
      loads[name] = load
      set("load/\(name)/1min", load.text(0), &broker)
      set("load/\(name)/5min", load.text(1), &broker)
      set("load/\(name)/15min", load.text(2), &broker)
    }
  }

  private mutating func set(
    _ name: String, _ value: some BinaryInteger, _ broker: inout BrokerService
  ) {
    set(name, String(value), &broker)
  }

  private mutating func set(_ name: String, _ value: String, _ broker: inout BrokerService) {
    guard values.updateValue(value, forKey: name) != value else { return }
    broker.publish("$SYS/broker/\(name)", value)
  }
}

extension BrokerService {
  /// Publishes a message of the broker's own: its status, which is retained, and lines of its log.
  mutating func publish(_ topic: String, _ value: String, isRetained: Bool = true) {
    let topic = Array(topic.utf8)
    let payload = Array(value.utf8)
    broker.publish(
      topic: topic.span, payload: payload.span, isRetained: isRetained, commands: &commands)
  }
}

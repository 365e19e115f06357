import CommandKit
import MQTTTerms

/// What a run is asked to do.
struct LoadPlan {
  /// What answers the nodes.
  enum Peer {
    /// A gateway, and a broker where the messages arrive.
    case gateway
    /// A server that sends each datagram back.
    case echo
  }

  var peer: Peer
  var gateway: NetworkPlace
  var broker: NetworkPlace
  var nodes: Int
  var window: UInt32
  var qos: QoS
  var subscriberQoS: QoS
  var payload: Int
  /// In milliseconds.
  var warmUp: UInt64
  var duration: UInt64
  /// Whether each message is timed.
  var isTimed: Bool
  /// Whether the nodes publish at all.
  var publishes: Bool
  var processes: [Int32]

  init(_ arguments: Arguments) throws(UsageError) {
    guard let place = arguments.value(benchGatewayOption) else {
      throw UsageError("--gateway is missing.")
    }
    guard place.hasPrefix("udp://"), let gateway = NetworkPlace(place.dropFirst(6)) else {
      throw UsageError("--gateway \(place) is not udp://HOST:PORT.")
    }
    let broker = arguments.value(benchBrokerOption) ?? gateway.withPort(1883)
    guard let broker = NetworkPlace(broker[...]) else {
      throw UsageError("--broker \(broker) is not HOST:PORT.")
    }
    self.gateway = gateway
    self.broker = broker
    peer = arguments.value(benchPeerOption) == "echo" ? .echo : .gateway
    isTimed = arguments.has(benchLatencyOption)
    let idle = arguments.integer(benchConnectOption)
    publishes = idle == nil
    nodes = isTimed ? 1 : idle ?? arguments.integer(benchNodesOption) ?? 10
    window = isTimed ? 1 : UInt32(arguments.integer(benchWindowOption) ?? 8)
    qos = isTimed || arguments.integer(benchQoSOption) == 1 ? .atLeastOnce : .atMostOnce
    subscriberQoS =
      arguments.integer(benchSubscriberOption).map { $0 == 1 ? .atLeastOnce : .atMostOnce } ?? qos
    payload = arguments.integer(benchPayloadOption) ?? 32
    warmUp = LoadPlan.milliseconds(arguments.decimal(benchWarmUpOption) ?? 0.5)
    duration = max(LoadPlan.milliseconds(arguments.decimal(benchSecondsOption) ?? 5), 1)
    processes = arguments.integers(benchPidOption).map { Int32(clamping: $0) }
  }

  private static func milliseconds(_ seconds: Double) -> UInt64 {
    UInt64(min(seconds, 1e6) * 1000)
  }
}

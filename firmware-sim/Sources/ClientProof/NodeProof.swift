import MQTTSNClient
import MQTTSNCodec
import MQTTTerms

/// The same for the MQTT-SN client with all its abilities, and for the search for gateways.
struct NodeProof: ~Copyable {
  private var client = Client<64, 4, AllAbilities>()
  private var length = 0

  /// Every request, with `text` for every text.
  mutating func request(_ text: Span<UInt8>, at now: TickTime) throws(ClientError) {
    try client.connect(clientID: text, keepAlive: 10, hasWill: true, at: now)
    try client.register(text, at: now)
    try client.publish(text, to: .normal(1), qos: .exactlyOnce, at: now)
    try client.subscribe(.name(text), qos: .exactlyOnce, at: now)
    try client.unsubscribe(.name(text), at: now)
    try client.updateWillTopic(text, qos: .atLeastOnce, isRetained: true, at: now)
    try client.updateWillMessage(text, at: now)
    try client.fallAsleep(for: 10, at: now)
    try client.wake(clientID: text, at: now)
    try client.disconnect(at: now)
  }

  /// Every event.
  mutating func receive(
    _ datagram: Span<UInt8>, _ output: inout OutputRawSpan, at now: TickTime
  ) throws(ClientError) {
    switch client.receive(datagram, at: now) {
    case .message(let message): length = message.payload.count
    case .topic(let topic): length = topic.topicName.count
    case .nothing: break
    }
    client.advance(to: now)
    switch client.nextEvent() {
    case .willTopicWanted:
      try client.tellWillTopic(datagram, qos: .atLeastOnce, isRetained: false, at: now)
    case .willMessageWanted: try client.tellWillMessage(datagram, at: now)
    default: break
    }
    _ = client.nextTransmit(into: &output)
  }
}

/// The octets that all of it has appended to `memory`.
@c(node_proof)
public func proveNode(_ memory: UnsafeMutableRawPointer, _ count: Int) -> Int {
  let buffer = UnsafeMutableRawBufferPointer(start: memory, count: count)
  let bytes = UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self).span
  let now = TickTime(milliseconds: 0)
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  var proof = NodeProof()
  do throws(ClientError) {
    try proof.request(bytes, at: now)
    try proof.receive(bytes, &output, at: now)
  } catch { return 0 }
  var search = GatewaySearch(firstWait: 0, at: now)
  if let found = search.receive(bytes, at: now), found.address.isEmpty { search.advance(to: now) }
  _ = search.nextTransmit(into: &output)
  return output.finalize(for: buffer)
}

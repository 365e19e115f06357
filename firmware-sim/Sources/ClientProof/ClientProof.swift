import MQTTClient
import MQTTCodec
import MQTTTerms

/// An application of the MQTT client that uses all of it, so that the compiler proves that none of
/// it takes from a heap. It is compiled and never run.
struct ClientProof: ~Copyable {
  private var client = Client<8, 8, 64>()
  private var length = 0

  /// Every request, with `text` for every text.
  mutating func request(
    _ text: Span<UInt8>, _ output: inout OutputRawSpan, at now: TickTime
  ) throws(ClientError) {
    let properties = Properties(text)
    let connect = Connect(
      clientIdentifier: text, keepAlive: 10, userName: text, version: .mqtt50,
      properties: properties)
    try client.connect(connect, into: &output, at: now)
    try client.authenticate(properties: properties, into: &output)
    try client.publish(text, to: text, qos: .exactlyOnce, properties: properties, into: &output)
    let options = SubscriptionOptions(qos: .exactlyOnce, isNoLocal: true)
    try client.subscribe(to: text, options: options, properties: properties, into: &output)
    try client.unsubscribe(from: text, properties: properties, into: &output)
    try client.disconnect(properties: properties, into: &output)
  }

  /// Every event.
  mutating func receive(
    _ bytes: Span<UInt8>, _ output: inout OutputRawSpan, at now: TickTime
  ) throws(ClientError) {
    var consumed = 0
    while let event = client.receive(bytes, consumed: &consumed, at: now) {
      switch event {
      case .message(let message): length = client.topicName(of: message).count
      case .authentication(let auth):
        try client.authenticate(properties: auth.properties, into: &output)
      default: break
      }
    }
    client.advance(to: now)
    while let event = client.nextEvent() {
      switch event {
      case .resend(let identifier) where client.canPublish: try client.abandon(identifier)
      case .resend(let identifier): try client.resend(identifier, bytes, to: bytes, into: &output)
      default: client.connectionLost()
      }
    }
    _ = client.nextTransmit(into: &output)
  }
}

/// The octets that all of it has appended to `memory`.
@c(client_proof)
public func proveClient(_ memory: UnsafeMutableRawPointer, _ count: Int) -> Int {
  let buffer = UnsafeMutableRawBufferPointer(start: memory, count: count)
  let bytes = UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self).span
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  var proof = ClientProof()
  do throws(ClientError) {
    try proof.request(bytes, &output, at: TickTime(milliseconds: 0))
    try proof.receive(bytes, &output, at: TickTime(milliseconds: 0))
  } catch { return 0 }
  return output.finalize(for: buffer)
}

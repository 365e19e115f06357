import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import Testing

/// A client at the end of a wire in virtual time: octets in, octets out, written in hex.
final class Transcript {
  var client: Client<64, 2, AllAbilities>
  private(set) var milliseconds: UInt32

  init(retryInterval: UInt32 = 10_000, retryLimit: UInt8 = 3, startingAt milliseconds: UInt32 = 0) {
    client = Client(retryInterval: retryInterval, retryLimit: retryLimit)
    self.milliseconds = milliseconds
    client.advance(to: now)
  }

  var state: ClientState { client.state }
  var isBusy: Bool { client.isBusy }
  var retransmissions: UInt32 { client.retransmissions }
  var malformedDatagrams: UInt32 { client.malformedDatagrams }
  var now: TickTime { TickTime(milliseconds: milliseconds) }

  /// Time passes without a look at the clock, as when the node is busy elsewhere.
  func pass(_ duration: UInt32) { milliseconds &+= duration }

  /// Time passes, then the client is told.
  func wait(_ duration: UInt32) {
    pass(duration)
    client.advance(to: now)
  }

  /// A datagram comes from the gateway; returns what it brought for the application.
  @discardableResult
  func feed(_ hex: String) -> String? {
    let octets = octetsOf(hex)
    switch client.receive(octets.span, at: now) {
    case .nothing: return nil
    case .message(let message):
      return "\(message.topic) \(text(message.payload))"
    case .topic(let message): return "\(message.topicID)=\(text(message.topicName))"
    }
  }

  /// All datagrams that the client has to send, divided by " | ".
  func sent(capacity: Int = 64) -> String {
    var datagrams: [String] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
    defer { buffer.deallocate() }
    var isMore = true
    while isMore {
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      isMore = client.nextTransmit(into: &output)
      let count = output.finalize(for: buffer)
      if isMore { datagrams.append(hex(Array(buffer[..<count]))) }
    }
    return datagrams.joined(separator: " | ")
  }

  func event() -> ClientEvent? { client.nextEvent() }

  /// How long until the next deadline.
  var untilDeadline: UInt32? { client.nextDeadline.map { $0.since(now) } }

  func connect(
    keepAlive: UInt16 = 60, isCleanSession: Bool = true, hasWill: Bool = false
  ) throws {
    try client.connect(
      clientID: octetsOf("6E 31").span, keepAlive: keepAlive, isCleanSession: isCleanSession,
      hasWill: hasWill, at: now)
  }

  func register(_ name: String) throws {
    try client.register(Array(name.utf8).span, at: now)
  }

  func publish(
    _ payload: String, to topic: TopicReference = .normal(5), qos: PublishQoS = .atLeastOnce,
    isRetained: Bool = false
  ) throws {
    try client.publish(
      Array(payload.utf8).span, to: topic, qos: qos, isRetained: isRetained, at: now)
  }

  func subscribe(_ name: String, qos: QoS = .atLeastOnce) throws {
    try client.subscribe(.name(Array(name.utf8).span), qos: qos, at: now)
  }

  func unsubscribe(_ name: String) throws {
    try client.unsubscribe(.name(Array(name.utf8).span), at: now)
  }

  func tellWillTopic(_ name: String, qos: QoS = .atMostOnce, isRetained: Bool = false) throws {
    try client.tellWillTopic(Array(name.utf8).span, qos: qos, isRetained: isRetained, at: now)
  }

  func tellWillMessage(_ text: String) throws {
    try client.tellWillMessage(Array(text.utf8).span, at: now)
  }

  func updateWillTopic(_ name: String, qos: QoS = .atMostOnce, isRetained: Bool = false) throws {
    try client.updateWillTopic(Array(name.utf8).span, qos: qos, isRetained: isRetained, at: now)
  }

  func updateWillMessage(_ text: String) throws {
    try client.updateWillMessage(Array(text.utf8).span, at: now)
  }

  func fallAsleep(for seconds: UInt16) throws { try client.fallAsleep(for: seconds, at: now) }

  func wake() throws { try client.wake(clientID: octetsOf("6E 31").span, at: now) }
}

/// A client that has connected at the time 0.
func connected(
  keepAlive: UInt16 = 60, isCleanSession: Bool = true, startingAt milliseconds: UInt32 = 0
) throws -> Transcript {
  let wire = Transcript(startingAt: milliseconds)
  try wire.connect(keepAlive: keepAlive, isCleanSession: isCleanSession)
  _ = wire.sent()
  wire.feed("03 05 00")
  let event = wire.event()
  #expect(event == .connected)
  return wire
}

/// A client that has gone to sleep for 300 s at the time 0.
func sleeping(isCleanSession: Bool = true) throws -> Transcript {
  let wire = try connected(isCleanSession: isCleanSession)
  try wire.fallAsleep(for: 300)
  _ = wire.sent()
  wire.feed("02 18")
  let event = wire.event()
  #expect(event == .asleep)
  return wire
}

func octetsOf(_ hex: String) -> [UInt8] {
  hex.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
}

func hex(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16).uppercased() }.joined(separator: " ")
}

private func text(_ bytes: Span<UInt8>) -> String {
  String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
}

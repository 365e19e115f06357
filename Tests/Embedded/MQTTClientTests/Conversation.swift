import MQTTClient
import MQTTCodec
import MQTTTerms

/// A client and the bytes that go in and out of it, in virtual time. What happens is told in words
/// and hexadecimal digits.
final class Conversation {
  private var client: Client<3, 2>
  private var received: [UInt8] = []
  private(set) var now = TickTime(milliseconds: .max - 5_000)
  /// How many octets an output takes.
  var room = 512

  init(packetLimit: Int = 1024) {
    client = Client(responseTimeout: 10_000, packetLimit: packetLimit)
  }

  /// A conversation after CONNECT and CONNACK.
  static func connected(keepAlive: UInt16 = 60, isClean: Bool = true) throws -> Conversation {
    let conversation = Conversation()
    _ = try conversation.connect(keepAlive: keepAlive, isClean: isClean)
    _ = conversation.feed("20 02 00 00")
    return conversation
  }

  var isConnected: Bool { client.isConnected }
  var inFlightCount: Int { client.inFlightCount }

  /// Milliseconds until the next deadline.
  var untilDeadline: UInt32? { client.nextDeadline?.since(now) }

  /// How many received octets the client has not taken yet.
  var unread: Int { received.count }

  /// Lets time pass and returns what it brought.
  func wait(_ milliseconds: UInt32) -> [String] {
    now = now.advanced(by: milliseconds)
    client.advance(to: now)
    return events()
  }

  /// What `nextEvent` has to tell.
  func events() -> [String] {
    var words: [String] = []
    while let event = client.nextEvent() { words.append(text(of: event)) }
    return words
  }

  /// Gives the client bytes and returns what it made of them.
  func feed(_ hex: String) -> [String] { feed(bytes(hex)) }

  /// Gives the client bytes and returns what it made of them.
  func feed(_ octets: [UInt8]) -> [String] {
    received += octets
    var words: [String] = []
    var consumed = 0
    while let event = client.receive(received.span, consumed: &consumed, at: now) {
      words.append(text(of: event))
    }
    received.removeFirst(consumed)
    return words
  }

  /// What the client owes, one call of `nextTransmit`.
  func transmitted() -> String {
    var didTransmit = false
    let image = written { output in didTransmit = client.nextTransmit(into: &output) }
    return didTransmit == image.isEmpty ? "wrong answer" : hex(image)
  }

  func connectionLost() { client.connectionLost() }

  func connect(
    keepAlive: UInt16 = 60, isClean: Bool = true, version: ProtocolVersion = .mqtt311
  ) throws(ClientError) -> String {
    let name = Array("n1".utf8)
    return try sent { (output) throws(ClientError) in
      let connect = Connect(
        clientIdentifier: name.span, keepAlive: keepAlive, isCleanSession: isClean,
        version: version)
      try client.connect(connect, into: &output, at: now)
    }
  }

  func connectWithEverything() throws(ClientError) -> String {
    let name = Array("n1".utf8), topic = Array("w".utf8), payload = Array("bye".utf8)
    let userName = Array("ann".utf8), password = Array("pwd".utf8)
    return try sent { (output) throws(ClientError) in
      let will = Will(
        topicName: topic.span, payload: payload.span, qos: .atLeastOnce, isRetained: true)
      let connect = Connect(
        clientIdentifier: name.span, keepAlive: 10, isCleanSession: false, will: will,
        userName: userName.span, password: password.span)
      try client.connect(connect, into: &output, at: now)
    }
  }

  func publish(
    _ payload: String, to topic: String, qos: QoS, isRetained: Bool = false
  ) throws(ClientError) -> String {
    let topic = Array(topic.utf8), payload = Array(payload.utf8)
    return try sent { (output) throws(ClientError) in
      try client.publish(
        payload.span, to: topic.span, qos: qos, isRetained: isRetained, into: &output)
    }
  }

  func resend(_ identifier: UInt16, _ payload: String, to topic: String) throws(ClientError)
    -> String
  {
    let topic = Array(topic.utf8), payload = Array(payload.utf8)
    return try sent { (output) throws(ClientError) in
      try client.resend(
        PacketIdentifier(identifier), payload.span, to: topic.span, into: &output)
    }
  }

  func abandon(_ identifier: UInt16) throws(ClientError) {
    try client.abandon(PacketIdentifier(identifier))
  }

  func subscribe(to filter: String, qos: QoS) throws(ClientError) -> String {
    let filter = Array(filter.utf8)
    return try sent { (output) throws(ClientError) in
      try client.subscribe(to: filter.span, qos: qos, into: &output)
    }
  }

  func unsubscribe(from filter: String) throws(ClientError) -> String {
    let filter = Array(filter.utf8)
    return try sent { (output) throws(ClientError) in
      try client.unsubscribe(from: filter.span, into: &output)
    }
  }

  func disconnect() throws(ClientError) -> String {
    try sent { (output) throws(ClientError) in try client.disconnect(into: &output) }
  }

  private func sent(
    _ body: (inout OutputRawSpan) throws(ClientError) -> Void
  ) throws(ClientError) -> String {
    var failure: ClientError?
    let image = written { output in
      do throws(ClientError) { try body(&output) } catch { failure = error }
    }
    if let failure { throw failure }
    return hex(image)
  }

  private func written(_ body: (inout OutputRawSpan) -> Void) -> [UInt8] {
    let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { storage.deallocate() }
    var output = OutputRawSpan(buffer: storage, initializedCount: 0)
    body(&output)
    let count = output.finalize(for: storage)
    return Array(storage[0..<count])
  }
}

/// Bytes from hexadecimal digits; blanks separate fields for the reader.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

private func hex(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

private func text(of event: ClientEvent) -> String {
  switch event {
  case .connected(let isSessionPresent): return isSessionPresent ? "connected again" : "connected"
  case .message(let publish):
    let header = publish.header
    let flags = (header.isDuplicate ? " dup" : "") + (header.isRetained ? " retain" : "")
    return
      "\(string(header.topicName)) = \(string(publish.payload)) q\(header.qos.rawValue)\(flags)"
  case .received(let identifier): return "received \(identifier.rawValue)"
  case .published(let identifier): return "published \(identifier.rawValue)"
  case .subscribed(let identifier, let granted):
    return "subscribed \(identifier.rawValue) " + (granted.map { "q\($0.rawValue)" } ?? "refused")
  case .unsubscribed(let identifier): return "unsubscribed \(identifier.rawValue)"
  case .resend(let identifier): return "resend \(identifier.rawValue)"
  case .closed(let reason): return "closed: \(reason)"
  }
}

private func string(_ octets: Span<UInt8>) -> String {
  String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
}

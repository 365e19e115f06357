import MQTTClient
import MQTTCodec
import MQTTTerms
import Testing

/// A client and the bytes that go in and out of it, in virtual time. What happens is told in words
/// and hexadecimal digits.
final class Conversation {
  private var client: Client<3, 2, 32>
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

  /// A conversation of 5.0 after a CONNECT and a CONNACK with these properties.
  static func connected5(
    _ answer: String = "", promising promises: String = "", isClean: Bool = true
  ) throws -> Conversation {
    let conversation = Conversation()
    _ = try conversation.connect(isClean: isClean, version: .mqtt50, properties: promises)
    #expect(conversation.feed(connack5(answer)).first?.hasPrefix("connected") == true)
    return conversation
  }

  var isConnected: Bool { client.isConnected }
  var inFlightCount: Int { client.inFlightCount }
  var canPublish: Bool { client.canPublish }
  var limits: ServerLimits { client.serverLimits }

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
      if case .message(let message) = event, message.header.topicName.isEmpty {
        words.append(string(client.topicName(of: message)) + text(of: event))
      } else {
        words.append(text(of: event))
      }
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
    keepAlive: UInt16 = 60, isClean: Bool = true, version: ProtocolVersion = .mqtt311,
    properties: String = "", name: [UInt8] = Array("n1".utf8)
  ) throws(ClientError) -> String {
    let properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      let connect = Connect(
        clientIdentifier: name.span, keepAlive: keepAlive, isCleanSession: isClean,
        version: version, properties: Properties(properties.span))
      try client.connect(connect, into: &output, at: now)
    }
  }

  func connectWithWill(_ willProperties: String) throws(ClientError) -> String {
    let name = Array("n1".utf8), topic = Array("w".utf8), properties = bytes(willProperties)
    return try sent { (output) throws(ClientError) in
      let will = Will(
        topicName: topic.span, payload: Span(), qos: .atMostOnce, isRetained: false,
        properties: Properties(properties.span))
      let connect = Connect(
        clientIdentifier: name.span, keepAlive: 60, will: will, version: .mqtt50)
      try client.connect(connect, into: &output, at: now)
    }
  }

  func connectWithEverything(
    name: [UInt8] = Array("n1".utf8), topic: [UInt8] = Array("w".utf8),
    userName: [UInt8] = Array("ann".utf8),
    version: ProtocolVersion = .mqtt311
  ) throws(ClientError) -> String {
    let payload = Array("bye".utf8), password = Array("pwd".utf8)
    return try sent { (output) throws(ClientError) in
      let will = Will(
        topicName: topic.span, payload: payload.span, qos: .atLeastOnce, isRetained: true)
      let connect = Connect(
        clientIdentifier: name.span, keepAlive: 10, isCleanSession: false, will: will,
        userName: userName.span, password: password.span, version: version)
      try client.connect(connect, into: &output, at: now)
    }
  }

  func publish(
    _ payload: String, to topic: String, qos: QoS, isRetained: Bool = false,
    properties: String = ""
  ) throws(ClientError) -> String {
    let topic = Array(topic.utf8), payload = Array(payload.utf8), properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      try client.publish(
        payload.span, to: topic.span, qos: qos, isRetained: isRetained,
        properties: Properties(properties.span), into: &output)
    }
  }

  func resend(
    _ identifier: UInt16, _ payload: String, to topic: String, properties: String = ""
  ) throws(ClientError) -> String {
    let topic = Array(topic.utf8), payload = Array(payload.utf8), properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      try client.resend(
        PacketIdentifier(identifier), payload.span, to: topic.span,
        properties: Properties(properties.span), into: &output)
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

  func subscribe(
    to filter: String, _ options: SubscriptionOptions, properties: String = ""
  ) throws(ClientError) -> String {
    let filter = Array(filter.utf8), properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      try client.subscribe(
        to: filter.span, options: options, properties: Properties(properties.span), into: &output)
    }
  }

  func unsubscribe(from filter: String, properties: String = "") throws(ClientError) -> String {
    let filter = Array(filter.utf8), properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      try client.unsubscribe(
        from: filter.span, properties: Properties(properties.span), into: &output)
    }
  }

  func authenticate(
    _ reasonCode: ReasonCode = .continueAuthentication, _ properties: String
  ) throws(ClientError) -> String {
    let properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      try client.authenticate(
        reasonCode, properties: Properties(properties.span), into: &output)
    }
  }

  func disconnect(
    _ reasonCode: ReasonCode = .normalDisconnection, properties: String = ""
  ) throws(ClientError) -> String {
    let properties = bytes(properties)
    return try sent { (output) throws(ClientError) in
      try client.disconnect(
        reasonCode, properties: Properties(properties.span), into: &output)
    }
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

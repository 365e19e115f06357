import ClientIO
import Glibc
import MQTTClient
import MQTTTerms
import Reactor
import Testing

@Suite struct ClientStreamTests {
  private let connect: [UInt8] = [16, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 110, 49]
  private let connack: [UInt8] = [32, 2, 0, 0]

  @Test func `a client connects, subscribes and gets a message in pieces`() throws {
    var broker = try ScriptedBroker()
    var stream = try opened(&broker)
    let greeting = try broker.read(16)
    #expect(greeting == connect)
    broker.send(connack)
    #expect(try events(&stream, 1) == ["connected"])
    try stream.subscribe(to: Array("a".utf8).span, qos: .atLeastOnce)
    stream.flush()
    let request = try broker.read(8)
    #expect(request == [0x82, 6, 0, 1, 0, 1, 97, 1])
    broker.send([0x90, 3, 0, 1, 1, 0x32, 7, 0])
    #expect(try events(&stream, 1) == ["subscribed"])
    broker.send([1, 97, 0, 9, 104, 105])
    #expect(try events(&stream, 1) == ["message of 2"])
    stream.flush()
    let puback = try broker.read(4)
    #expect(puback == [0x40, 2, 0, 9])
  }

  @Test func `more messages than the window arrive in one read`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    let message: [UInt8] = [0x32, 5, 0, 1, 97, 0, 1]
    let count = 3 * ClientStream.window
    broker.send(Array(repeatElement(message, count: count).joined()))
    #expect(try events(&stream, count) == Array(repeating: "message of 0", count: count))
    stream.flush()
    let acknowledgements = try broker.read(4 * count)
    #expect(acknowledgements.count == 4 * count)
  }

  @Test func `a refused client is told why, and the end of its connection comes after`() throws {
    var broker = try ScriptedBroker()
    var stream = try opened(&broker)
    broker.send([32, 2, 0, 5])
    broker.hangUp()
    let words = try events(&stream, 1)
    #expect(words == ["refused 135"])
  }

  @Test func `a broker that hangs up leaves a reason`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    broker.hangUp()
    #expect(try events(&stream, 1) == [])
    let isOver = stream.isOver
    let failure = stream.failure
    #expect(isOver && failure != nil)
  }

  @Test func `a lost client opens again and keeps what was not acknowledged`() throws {
    var broker = try ScriptedBroker()
    var settings = ConnectSettings()
    settings.clientIdentifier = Array("n1".utf8)
    settings.isCleanSession = false
    var stream = try opened(&broker, settings)
    broker.send(connack)
    #expect(try events(&stream, 1) == ["connected"])
    try stream.publish(
      Array("hi".utf8).span, to: Array("a".utf8).span, qos: .atLeastOnce, isRetained: false)
    broker.hangUp()
    #expect(try events(&stream, 1) == [])
    try stream.open(host: "127.0.0.1", port: broker.port, settings, until: limit)
    try broker.accept()
    stream.flush()
    broker.send([32, 2, 1, 0])
    #expect(try events(&stream, 2) == ["connected", "resend 1"])
  }

  @Test func `the farewell goes out behind a long message`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    let payload = [UInt8](repeating: 120, count: 20_000)
    _ = try broker.read(16)
    try stream.publish(payload.span, to: Array("a".utf8).span, qos: .atMostOnce, isRetained: false)
    stream.finish(until: MonotonicClock.now() + 50)
    let sent = try broker.read(30_000)
    // Fixed header with three octets of length, topic, payload; then DISCONNECT and the end.
    #expect(sent.count == 4 + 3 + payload.count + 2)
    #expect(sent.suffix(2) == [0xE0, 0])
  }

  @Test func `the last message is acknowledged before the farewell`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    _ = try broker.read(16)
    broker.send([0x34, 5, 0, 1, 97, 0, 7])
    _ = try stream.wait(until: limit)
    let isMessage = if case .message? = stream.next() { true } else { false }
    #expect(isMessage)
    stream.finish(until: MonotonicClock.now() + 50)
    let sent = try broker.read(6)
    #expect(sent == [0x50, 2, 0, 7, 0xE0, 0])
  }

  @Test func `a lost client releases again what the broker has received`() throws {
    var broker = try ScriptedBroker()
    var settings = ConnectSettings()
    settings.clientIdentifier = Array("n1".utf8)
    settings.isCleanSession = false
    var stream = try opened(&broker, settings)
    broker.send(connack)
    #expect(try events(&stream, 1) == ["connected"])
    for text in ["1", "2"] {
      try stream.publish(
        Array(text.utf8).span, to: Array("a".utf8).span, qos: .exactlyOnce, isRetained: false)
    }
    broker.send([0x50, 2, 0, 1])
    #expect(try events(&stream, 1) == ["received 1"])
    broker.hangUp()
    #expect(try events(&stream, 1) == [])
    try stream.open(host: "127.0.0.1", port: broker.port, settings, until: limit)
    try broker.accept()
    stream.flush()
    _ = try broker.read(16)
    broker.send([32, 2, 1, 0])
    #expect(try events(&stream, 2) == ["connected", "resend 2"])
    stream.flush()
    let pubrel = try broker.read(4)
    #expect(pubrel == [0x62, 2, 0, 1])
    broker.send([0x70, 2, 0, 1])
    #expect(try events(&stream, 1) == ["published 1"])
  }

  @Test func `a broker that floods and reads no acknowledgement is left`() throws {
    let path = "/tmp/martlet-flood-\(getpid())"
    var broker = try ScriptedBroker(unixPath: path)
    var stream = try ClientStream()
    stream.transport.unixPath = path
    try stream.open(host: "localhost", port: 0, ConnectSettings(), until: limit)
    try broker.accept()
    stream.flush()
    broker.send(connack)
    let flood = [UInt8](repeatElement([0x32, 5, 0, 1, 97, 0, 1], count: 1 << 12).joined())
    var (rest, most, count) = (flood[...], 0, 0)
    while !stream.isOver, count < 1 << 20 {
      rest = rest.dropFirst(broker.sendSome(rest))
      if rest.isEmpty { rest = flood[...] }
      _ = try stream.wait(until: 0)
      while let event = stream.next() { if case .message = event { count += 1 } }
      most = max(most, stream.pendingCount)
    }
    let failure = stream.failure
    #expect(failure?.reason == "it sends and does not read")
    #expect(most > 1 << 19 && most < 2 * ClientStream.answerLimit)
  }

  @Test func `a port that nobody listens on says so`() throws {
    let port: UInt16
    do {
      let broker = try ScriptedBroker()
      port = broker.port
    }
    var stream = try ClientStream()
    var words = ""
    do throws(OpeningError) {
      try stream.open(host: "127.0.0.1", port: port, ConnectSettings(), until: limit)
    } catch {
      if case .system(let failure) = error { words = failure.reason }
    }
    #expect(words == "Connection refused")
    let isOver = stream.isOver
    #expect(isOver)
  }

  private var limit: UInt64 { MonotonicClock.now() + 10_000 }

  private func opened(
    _ broker: inout ScriptedBroker, _ settings: ConnectSettings? = nil
  ) throws -> ClientStream {
    var named = ConnectSettings()
    named.clientIdentifier = Array("n1".utf8)
    var stream = try ClientStream()
    try stream.open(host: "127.0.0.1", port: broker.port, settings ?? named, until: limit)
    try broker.accept()
    stream.flush()
    return stream
  }

  private func connected(_ broker: inout ScriptedBroker) throws -> ClientStream {
    var stream = try opened(&broker)
    broker.send(connack)
    _ = try events(&stream, 1)
    return stream
  }

  /// The next `count` events; fewer where the connection ends before.
  private func events(_ stream: inout ClientStream, _ count: Int) throws -> [String] {
    let end = limit
    var words: [String] = []
    while words.count < count, !stream.isOver, MonotonicClock.now() < end {
      _ = try stream.wait(until: end)
      while let event = stream.next() { words.append(text(of: event)) }
    }
    return words
  }

  private func text(of event: ClientEvent) -> String {
    switch event {
    case .connected: "connected"
    case .message(let message): "message of \(message.payload.count)"
    case .received(let pubrec): "received \(pubrec.packetIdentifier.rawValue)"
    case .published(let answer): "published \(answer.packetIdentifier.rawValue)"
    case .rejected(let answer): "rejected \(answer.packetIdentifier.rawValue)"
    case .subscribed: "subscribed"
    case .unsubscribed: "unsubscribed"
    case .resend(let identifier): "resend \(identifier.rawValue)"
    case .authentication: "authentication"
    case .closed(.refused(let code), _): "refused \(code.rawValue)"
    case .closed(.disconnected(let code), _): "disconnected \(code.rawValue)"
    case .closed(let reason, _): "closed: \(reason)"
    }
  }
}

import ClientIO
import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import Reactor
import Testing

@Suite struct NodeStreamTests {
  @Test func `a node connects, registers, publishes and leaves`() throws {
    var gateway = try ScriptedGateway()
    var stream = try connected(&gateway)
    try stream.register(Array("a/b".utf8))
    #expect(try gateway.receive() == "09 0A 00 00 00 01 61 2F 62")
    gateway.send("07 0B 00 07 00 01 00")
    #expect(try events(&stream, 1) == ["registered(7)"])
    try stream.publish([0x68, 0x69], to: .normal(7), qos: .atLeastOnce, isRetained: false)
    #expect(try gateway.receive() == "09 0C 20 00 07 00 02 68 69")
    gateway.send("07 0D 00 07 00 02 00", "02 18")
    #expect(try events(&stream, 2) == ["published", "disconnected"])
  }

  @Test func `messages that come together are taken one by one, and each is answered`() throws {
    var gateway = try ScriptedGateway()
    var stream = try connected(&gateway)
    gateway.send(
      "09 0A 00 07 00 01 61 2F 62", "08 0C 20 00 07 00 02 31", "08 0C 40 00 07 00 03 32")
    #expect(try events(&stream, 3) == ["7=a/b", "normal(7) of 1", "normal(7) of 1"])
    for answer in ["07 0B 00 07 00 01 00", "07 0D 00 07 00 02 00", "04 0F 00 03"] {
      #expect(try gateway.receive() == answer)
    }
  }

  @Test func `the gateway is told the will when it asks`() throws {
    var settings = NodeSettings(clientIdentifier: Array("n1".utf8))
    var will = ConnectSettings.Will(topicName: Array("w".utf8))
    will.payload = Array("gone".utf8)
    will.isRetained = true
    settings.will = will
    var gateway = try ScriptedGateway()
    var stream = try opened(&gateway, settings)
    #expect(try gateway.receive() == "08 04 0C 01 00 3C 6E 31")
    gateway.send("02 06")
    #expect(try events(&stream, 0) == [])
    #expect(try gateway.receive() == "04 07 10 77")
    gateway.send("02 08")
    #expect(try events(&stream, 0) == [])
    #expect(try gateway.receive() == "06 09 67 6F 6E 65")
    gateway.send("03 05 00")
    #expect(try events(&stream, 1) == ["connected"])
  }

  @Test func `what is not of the gateway is not heard`() throws {
    var gateway = try ScriptedGateway()
    let stranger = try ScriptedGateway()
    var stream = try connected(&gateway)
    stranger.send("02 18", toTheNodeOf: gateway)
    gateway.send("02 16")
    #expect(try events(&stream, 0) == [])
    #expect(try gateway.receive() == "02 17")
    let state = stream.state
    #expect(state == .active)
  }

  @Test func `behind a forwarder every message has an envelope`() throws {
    var gateway = try ScriptedGateway()
    var stream = try NodeStream(NodeSettings(clientIdentifier: Array("n1".utf8)))
    var route = GatewayRoute(.udp(host: "127.0.0.1", port: gateway.port))
    route.forwardedNode = [0x0A, 0x0B]
    try stream.open(route)
    try stream.connect()
    #expect(try gateway.receive() == "05 FE 00 0A 0B 08 04 04 01 00 3C 6E 31")
    gateway.send("03 05 03", "05 FE 00 0A 0C 03 05 01", "05 FE 00 0A 0B 03 05 00")
    #expect(try events(&stream, 1) == ["connected"])
  }

  @Test func `a message that no datagram carries is refused`() throws {
    var gateway = try ScriptedGateway()
    var stream = try connected(&gateway)
    let payload = [UInt8](repeating: 0, count: 65_500)
    #expect(throws: ClientError.outOfRoom) {
      try stream.publish(payload, to: .normal(7), qos: .atMostOnce, isRetained: false)
    }
    let isBusy = stream.isBusy
    #expect(!isBusy)
  }

  @Test func `what goes and comes can be watched`() throws {
    var gateway = try ScriptedGateway()
    var stream = try connected(&gateway)
    stream.isTraced = true
    gateway.send("02 16")
    #expect(try events(&stream, 0) == [])
    let (ping, answer) = (stream.nextTraced(), stream.nextTraced())
    #expect(ping?.octets == [2, 0x16] && ping?.isSent == false)
    #expect(answer?.octets == [2, 0x17] && answer?.isSent == true)
    let rest = stream.nextTraced()
    #expect(rest == nil)
  }

  private func opened(
    _ gateway: inout ScriptedGateway,
    _ settings: NodeSettings = NodeSettings(clientIdentifier: Array("n1".utf8))
  ) throws -> NodeStream {
    var stream = try NodeStream(settings)
    try stream.open(GatewayRoute(.udp(host: "127.0.0.1", port: gateway.port)))
    try stream.connect()
    return stream
  }

  private func connected(_ gateway: inout ScriptedGateway) throws -> NodeStream {
    var stream = try opened(&gateway)
    #expect(try gateway.receive() == "08 04 04 01 00 3C 6E 31")
    gateway.send("03 05 00")
    #expect(try events(&stream, 1) == ["connected"])
    return stream
  }

  /// Waits until there were `count` events and gives them; with 0 until something has come.
  private func events(_ stream: inout NodeStream, _ count: Int) throws -> [String] {
    var words: [String] = []
    let limit = MonotonicClock.now() + 10_000
    repeat {
      _ = try stream.wait(until: limit)
      while let word = next(&stream) { words.append(word) }
    } while words.count < count && MonotonicClock.now() < limit
    return words
  }

  private func next(_ stream: inout NodeStream) -> String? {
    switch stream.next() {
    case .message(let message): "\(message.topic) of \(message.payload.count)"
    case .topic(let topic): "\(topic.topicID)=\(text(topic.topicName))"
    case .client(let event): "\(event)"
    case nil: nil
    }
  }

  private func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }
}

import ClientIO
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor
import Testing

/// A client of version 5.0 on a real socket.
@Suite struct Version5Tests {
  private let connack: [UInt8] = [0x20, 3, 0, 0, 0]

  @Test func `CONNECT tells how many messages the client has room for`() throws {
    var broker = try ScriptedBroker()
    var settings = settings
    try settings.properties.append(.sessionExpiryInterval(100))
    _ = try opened(&broker, settings)
    let greeting = try broker.read(25)
    let properties: [UInt8] = [8, 0x11, 0, 0, 0, 100, 0x21, 4, 0]
    #expect(
      greeting == [16, 23, 0, 4, 77, 81, 84, 84, 5, 2, 0, 60] + properties + [0, 2, 110, 49])
  }

  @Test func `a Receive Maximum of the application's stays`() throws {
    var broker = try ScriptedBroker()
    var settings = settings
    try settings.properties.append(.receiveMaximum(5))
    _ = try opened(&broker, settings)
    let greeting = try broker.read(20)
    #expect(Array(greeting[12..<16]) == [3, 0x21, 0, 5])
  }

  @Test func `a will has properties`() throws {
    var broker = try ScriptedBroker()
    var settings = settings
    settings.will = ConnectSettings.Will(topicName: [119])
    try settings.will?.properties.append(.willDelayInterval(7))
    _ = try opened(&broker, settings)
    let greeting = try broker.read(31)
    #expect(greeting.suffix(11) == [5, 0x18, 0, 0, 0, 7, 0, 1, 119, 0, 0])
  }

  @Test func `requests go with properties`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    _ = try broker.read(20)
    var properties = PropertyList()
    try properties.append(.userProperty(name: octets(107).span, value: octets(118).span))
    let list: [UInt8] = [7, 0x26, 0, 1, 107, 0, 1, 118]
    try stream.publish(
      octets(49).span, to: octets(97).span, qos: .atLeastOnce, isRetained: false,
      properties: properties)
    var options = SubscriptionOptions(qos: .atLeastOnce)
    options.isRetainAsPublished = true
    try stream.subscribe(to: octets(97).span, options: options, properties: properties)
    try stream.unsubscribe(from: octets(97).span, properties: properties)
    stream.flush()
    let sent = try broker.read(16 + 16 + 15)
    #expect(
      sent == [0x32, 14, 0, 1, 97, 0, 1] + list + [49]
        + [0x82, 14, 0, 2] + list + [0, 1, 97, 9] + [0xA2, 13, 0, 3] + list + [0, 1, 97])
    broker.send([0x90, 4, 0, 2, 0, 1, 0xB0, 4, 0, 3, 0, 0, 0x40, 3, 0, 1, 0x97])
    #expect(try events(&stream, 3) == ["subscribed 2", "unsubscribed 3", "rejected 1"])
  }

  @Test func `a message by its alias comes with its topic`() throws {
    var broker = try ScriptedBroker()
    var settings = settings
    try settings.properties.append(.topicAliasMaximum(2))
    var stream = try connected(&broker, settings)
    broker.send([0x30, 10, 0, 3, 97, 47, 98, 3, 0x23, 0, 1, 49, 0x30, 7, 0, 0, 3, 0x23, 0, 1, 50])
    #expect(try events(&stream, 2) == ["a/b = 1", "a/b = 2"])
  }

  @Test func `the farewell has properties`() throws {
    var broker = try ScriptedBroker()
    var settings = settings
    try settings.properties.append(.sessionExpiryInterval(100))
    var stream = try connected(&broker, settings)
    _ = try broker.read(25)
    var properties = PropertyList()
    try properties.append(.sessionExpiryInterval(1))
    stream.finish(until: MonotonicClock.now() + 50, properties: properties)
    let farewell = try broker.read(9)
    #expect(farewell == [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 1])
  }

  @Test func `the broker learns its fault`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    _ = try broker.read(20)
    broker.send(connack)
    let words = try events(&stream, 1)
    #expect(words == ["closed: unexpected(MQTTCodec.PacketType.connack)"])
    stream.finish(until: MonotonicClock.now() + 50)
    let farewell = try broker.read(3)
    #expect(farewell == [0xE0, 1, 0x82])
  }

  @Test func `the broker's farewell is told, and a new connection may follow`() throws {
    var broker = try ScriptedBroker()
    var stream = try connected(&broker)
    broker.send([0xE0, 1, 0x8B])
    #expect(try events(&stream, 1) == ["disconnected 139"])
    try stream.open(host: "127.0.0.1", port: broker.port, settings, until: limit)
    try broker.accept()
    stream.flush()
    broker.send(connack)
    #expect(try events(&stream, 1) == ["connected"])
  }

  @Test func `an authentication exchange has its steps`() throws {
    var broker = try ScriptedBroker()
    var settings = settings
    try settings.properties.append(.authenticationMethod(octets(109).span))
    var stream = try opened(&broker, settings)
    _ = try broker.read(24)
    let method: [UInt8] = [4, 0x15, 0, 1, 109]
    broker.send([0xF0, 6, 0x18] + method)
    #expect(try events(&stream, 1) == ["authentication 24"])
    var properties = PropertyList()
    try properties.append(.authenticationMethod(octets(109).span))
    try stream.authenticate(.continueAuthentication, properties: properties)
    stream.flush()
    let answer = try broker.read(8)
    #expect(answer == [0xF0, 6, 0x18] + method)
  }

  @Test func `a list says what is in it and what it may not have`() throws {
    var list = PropertyList()
    #expect(list.isEmpty && !list.contains(.topicAlias))
    try list.append(.topicAlias(3))
    #expect(list.contains(.topicAlias) && list.octets == [0x23, 0, 3])
    #expect(throws: CodecError.misplacedProperty) { try list.check(for: .connect) }
    #expect(throws: CodecError.invalidTopicAlias) { try list.append(.topicAlias(0)) }
    #expect(list.octets.count == 3)
  }

  private var limit: UInt64 { MonotonicClock.now() + 10_000 }

  private var settings: ConnectSettings {
    var settings = ConnectSettings()
    settings.clientIdentifier = Array("n1".utf8)
    settings.version = .mqtt50
    return settings
  }

  private func opened(
    _ broker: inout ScriptedBroker, _ settings: ConnectSettings
  ) throws -> ClientStream {
    var stream = try ClientStream()
    try stream.open(host: "127.0.0.1", port: broker.port, settings, until: limit)
    try broker.accept()
    stream.flush()
    return stream
  }

  private func connected(
    _ broker: inout ScriptedBroker, _ settings: ConnectSettings? = nil
  ) throws -> ClientStream {
    var stream = try opened(&broker, settings ?? self.settings)
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
    case .message(let message): "\(text(message.header.topicName)) = \(text(message.payload))"
    case .rejected(let answer): "rejected \(answer.packetIdentifier.rawValue)"
    case .subscribed(let suback): "subscribed \(suback.packetIdentifier.rawValue)"
    case .unsubscribed(let unsuback): "unsubscribed \(unsuback.packetIdentifier.rawValue)"
    case .authentication(let auth): "authentication \(auth.reasonCode.rawValue)"
    case .closed(.disconnected(let code), _): "disconnected \(code.rawValue)"
    case .closed(let reason, _): "closed: \(reason)"
    default: "another event"
    }
  }

  private func octets(_ octet: UInt8) -> [UInt8] { [octet] }

  private func text(_ span: Span<UInt8>) -> String {
    String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
  }
}

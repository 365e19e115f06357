import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct SubscribingTests {
  @Test func `[SN 6.9] SUBSCRIBE, SUBACK, a topic id`() throws {
    let wire = try connected()
    try wire.subscribe("a/b")
    #expect(wire.sent() == "08 12 20 00 01 61 2F 62")
    wire.wait(10_000)
    #expect(wire.sent() == "08 12 A0 00 01 61 2F 62")
    wire.feed("08 13 00 00 07 00 01 00")
    #expect(wire.event() == .subscribed(7, .atMostOnce))
  }

  @Test func `[SN 6.9] a topic may be pre-defined or short`() throws {
    let wire = try connected()
    try wire.client.subscribe(.predefined(7), qos: .atMostOnce, at: wire.now)
    #expect(wire.sent() == "07 12 01 00 01 00 07")
    wire.feed("08 13 00 00 07 00 01 00")
    #expect(wire.event() == .subscribed(7, .atMostOnce))
    try wire.client.subscribe(.short(0x6162), qos: .exactlyOnce, at: wire.now)
    #expect(wire.sent() == "07 12 42 00 02 61 62")
    wire.feed("08 13 40 00 00 00 02 00")
    #expect(wire.event() == .subscribed(0, .exactlyOnce))
  }

  @Test func `a refused SUBSCRIBE is told`() throws {
    let wire = try connected()
    try wire.subscribe("a/#")
    _ = wire.sent()
    wire.feed("08 13 00 00 00 00 01 03")
    #expect(wire.event() == .refused(.subscribe, .notSupported))
  }

  @Test func `QoS 0 arrives and is not answered`() throws {
    let wire = try connected()
    let message = wire.feed("09 0C 00 00 07 00 00 68 69")
    #expect(message == "normal(7) hi")
    #expect(wire.sent() == "")
  }

  @Test func `QoS 1 arrives and is answered with the same TopicId and MsgId`() throws {
    let wire = try connected()
    let message = wire.feed("09 0C 22 61 62 12 34 68 69")
    #expect(message == "short(24930) hi")
    #expect(wire.sent() == "07 0D 61 62 12 34 00")
  }

  @Test func `QoS 1 that cannot be answered yet does not arrive, the gateway repeats it`() throws {
    let wire = try connected()
    let first = wire.feed("08 0C 20 00 07 00 01 31")
    let second = wire.feed("08 0C 20 00 07 00 02 32")
    #expect(first == "normal(7) 1" && second == nil)
    #expect(wire.sent() == "07 0D 00 07 00 01 00")
    let again = wire.feed("08 0C A0 00 07 00 02 32")
    #expect(again == "normal(7) 2")
    #expect(wire.sent() == "07 0D 00 07 00 02 00")
  }

  @Test func `nothing arrives without a connection`() {
    let wire = Transcript()
    let message = wire.feed("08 0C 20 00 07 00 01 31")
    let topic = wire.feed("09 0A 00 07 12 34 61 2F 62")
    #expect(message == nil && topic == nil)
    #expect(wire.sent() == "")
  }
}

import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct RegisteringTests {
  @Test func `[SN 6.5] REGISTER, REGACK, a topic id`() throws {
    let wire = try connected()
    try wire.register("a/b")
    #expect(wire.sent() == "09 0A 00 00 00 01 61 2F 62")
    wire.feed("07 0B 00 05 00 01 00")
    #expect(wire.event() == .registered(5))
    #expect(!wire.isBusy)
  }

  @Test func `a REGACK for another MsgId is not the answer`() throws {
    let wire = try connected()
    try wire.register("a/b")
    _ = wire.sent()
    wire.feed("07 0B 00 05 00 02 00")
    #expect(wire.event() == nil)
    wire.wait(10_000)
    #expect(wire.sent() == "09 0A 00 00 00 01 61 2F 62")
  }

  @Test func `a refused REGISTER is told and not repeated`() throws {
    let wire = try connected()
    try wire.register("a/b")
    _ = wire.sent()
    wire.feed("07 0B 00 00 00 01 01")
    #expect(wire.event() == .refused(.register, .congestion))
    wire.wait(10_000)
    #expect(wire.sent() == "")
  }

  @Test func `one request at a time`() throws {
    let wire = try connected()
    try wire.register("a/b")
    #expect(throws: ClientError.busy) { try wire.register("c") }
    #expect(throws: ClientError.busy) { try wire.publish("c") }
    #expect(throws: ClientError.busy) { try wire.publish("c", qos: .atMostOnce) }
    #expect(throws: ClientError.busy) { try wire.subscribe("c") }
    #expect(wire.sent() == "09 0A 00 00 00 01 61 2F 62")
  }

  @Test func `[SN 6.10] a REGISTER of the gateway is answered and told`() throws {
    let wire = try connected()
    let topic = wire.feed("09 0A 00 07 12 34 61 2F 62")
    #expect(topic == "7=a/b")
    #expect(wire.sent() == "07 0B 00 07 12 34 00")
  }
}

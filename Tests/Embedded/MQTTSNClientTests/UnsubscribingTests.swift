import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct UnsubscribingTests {
  @Test func `[SN 6.9] UNSUBSCRIBE, UNSUBACK, unsubscribed`() throws {
    let wire = try connected()
    try wire.unsubscribe("a/b")
    #expect(wire.sent() == "08 14 00 00 01 61 2F 62")
    wire.feed("04 15 00 02")
    #expect(wire.event() == nil)
    wire.feed("04 15 00 01")
    #expect(wire.event() == .unsubscribed)
    wire.feed("04 15 00 01")
    #expect(wire.event() == nil)
  }

  @Test func `[SN 6.13] a lost UNSUBACK: the same UNSUBSCRIBE, which has no DUP`() throws {
    let wire = try connected()
    try wire.client.unsubscribe(.predefined(7), at: wire.now)
    let first = wire.sent()
    #expect(first == "07 14 01 00 01 00 07")
    wire.wait(10_000)
    #expect(wire.sent() == first)
    wire.feed("04 15 00 01")
    #expect(wire.event() == .unsubscribed)
  }
}

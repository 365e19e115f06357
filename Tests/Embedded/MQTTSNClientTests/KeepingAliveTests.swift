import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct KeepingAliveTests {
  @Test func `[SN 6.11] PINGREQ after the keep alive, PINGRESP restarts it`() throws {
    let wire = try connected(keepAlive: 60)
    #expect(wire.untilDeadline == 60_000)
    wire.wait(59_999)
    #expect(wire.sent() == "")
    wire.wait(1)
    #expect(wire.sent() == "02 16")
    #expect(wire.untilDeadline == 10_000)
    wire.feed("02 17")
    #expect(wire.untilDeadline == 60_000)
    #expect(wire.event() == nil)
  }

  @Test func `[SN 6.13] a gateway that answers no PINGREQ is lost`() throws {
    let wire = try connected(keepAlive: 60)
    wire.wait(60_000)
    #expect(wire.sent() == "02 16")
    for _ in 0..<3 {
      wire.wait(10_000)
      #expect(wire.sent() == "02 16")
      #expect(wire.event() == nil)
    }
    wire.wait(10_000)
    #expect(wire.event() == .lost)
    #expect(wire.retransmissions == 3)
    #expect(wire.untilDeadline == nil)
  }

  @Test func `an answer to a PUBLISH saves the ping`() throws {
    let wire = try connected(keepAlive: 60)
    wire.wait(50_000)
    try wire.publish("x")
    _ = wire.sent()
    wire.feed("07 0D 00 05 00 01 00")
    wire.wait(59_999)
    #expect(wire.sent() == "")
    wire.wait(1)
    #expect(wire.sent() == "02 16")
  }

  @Test func `QoS 0 both ways does not hide that the other side is gone`() throws {
    let wire = try connected(keepAlive: 60)
    var last = ""
    for _ in 0..<6 {
      wire.wait(10_000)
      try wire.publish("x", qos: .atMostOnce)
      wire.feed("08 0C 00 00 07 00 00 31")
      last = wire.sent()
    }
    #expect(last == "02 16 | 08 0C 00 00 05 00 00 78")
  }

  @Test func `a keep alive of 0 is none`() throws {
    let wire = try connected(keepAlive: 0)
    #expect(wire.untilDeadline == nil)
    wire.wait(10_000_000)
    #expect(wire.sent() == "")
  }

  @Test func `a PINGREQ of the gateway is answered`() throws {
    let wire = try connected()
    wire.feed("02 16")
    #expect(wire.sent() == "02 17")
  }

  @Test func `the earlier deadline counts`() throws {
    let wire = try connected(keepAlive: 15)
    wire.wait(4_000)
    try wire.publish("x")
    _ = wire.sent()
    #expect(wire.untilDeadline == 10_000)
    wire.wait(10_000)
    _ = wire.sent()
    #expect(wire.untilDeadline == 1_000)
  }

  @Test(arguments: [UInt32.max - 5_000, .max - 60_000, 0x7FFF_FF00] as [UInt32])
  func `the wrap of the clock disturbs nothing`(start: UInt32) throws {
    let wire = try connected(keepAlive: 60, startingAt: start)
    try wire.publish("x")
    _ = wire.sent()
    wire.wait(9_999)
    #expect(wire.sent() == "")
    wire.wait(1)
    #expect(wire.sent() == "08 0C A0 00 05 00 01 78")
    wire.feed("07 0D 00 05 00 01 00")
    #expect(wire.event() == .published)
    wire.wait(59_999)
    #expect(wire.sent() == "")
    wire.wait(1)
    #expect(wire.sent() == "02 16")
  }
}

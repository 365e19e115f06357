import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct ConnectingTests {
  @Test func `[SN 6.2] CONNECT, CONNACK, connected`() throws {
    let wire = Transcript()
    try wire.connect()
    #expect(wire.state == .connecting)
    #expect(wire.sent() == "08 04 04 01 00 3C 6E 31")
    #expect(wire.sent() == "")
    wire.feed("03 05 00")
    #expect(wire.event() == .connected)
    #expect(wire.event() == nil)
    #expect(wire.state == .active)
    #expect(wire.sent() == "")
  }

  @Test(arguments: [("03 05 01", ReturnCode.congestion), ("03 05 03", .notSupported)])
  func `a refused CONNECT is not repeated`(connack: String, code: ReturnCode) throws {
    let wire = Transcript()
    try wire.connect()
    _ = wire.sent()
    wire.feed(connack)
    #expect(wire.event() == .refused(.connect, code))
    #expect(wire.state == .disconnected)
    wire.wait(100_000)
    #expect(wire.sent() == "")
    #expect(wire.untilDeadline == nil)
  }

  @Test func `[SN 6.13] a lost CONNACK: the same CONNECT after T_RETRY`() throws {
    let wire = Transcript()
    try wire.connect()
    let first = wire.sent()
    #expect(wire.untilDeadline == 10_000)
    wire.wait(9_999)
    #expect(wire.sent() == "")
    wire.wait(1)
    #expect(wire.sent() == first)
    wire.feed("03 05 00")
    #expect(wire.event() == .connected)
    #expect(wire.retransmissions == 1)
  }

  @Test func `[SN 6.13] after N_RETRY repetitions of CONNECT the gateway is lost`() throws {
    let wire = Transcript(retryInterval: 10_000, retryLimit: 2)
    try wire.connect()
    var sent = [wire.sent()]
    for _ in 0..<2 {
      wire.wait(10_000)
      sent.append(wire.sent())
      #expect(wire.event() == nil)
    }
    #expect(Set(sent) == ["08 04 04 01 00 3C 6E 31"])
    wire.wait(10_000)
    #expect(wire.event() == .lost)
    #expect(wire.sent() == "")
    #expect(wire.state == .disconnected)
    #expect(wire.untilDeadline == nil)
    try wire.connect()
    #expect(wire.sent() == "08 04 04 01 00 3C 6E 31")
  }

  @Test func `[SN 6.12] a gateway that does not know the client shows it out`() throws {
    let wire = try connected()
    try wire.publish("21.5")
    _ = wire.sent()
    wire.feed("02 18")
    #expect(wire.event() == .disconnected)
    #expect(wire.state == .disconnected)
    #expect(!wire.isBusy)
    try wire.connect()
    _ = wire.sent()
    // The answer to a PUBLISH of before, overtaken by the CONNECT.
    wire.feed("02 18")
    #expect(wire.event() == nil)
    wire.feed("03 05 00")
    #expect(wire.event() == .connected)
  }

  @Test func `[SN 6.12] DISCONNECT is repeated until it is answered`() throws {
    let wire = try connected()
    try wire.client.disconnect(at: wire.now)
    #expect(wire.sent() == "02 18")
    wire.wait(10_000)
    #expect(wire.sent() == "02 18")
    wire.feed("02 18")
    #expect(wire.event() == .disconnected)
    wire.wait(100_000)
    #expect(wire.sent() == "")
  }

  @Test func `a CONNACK that nobody asked for changes nothing`() throws {
    let wire = Transcript()
    wire.feed("03 05 00")
    #expect(wire.state == .disconnected)
    #expect(wire.event() == nil)
    let active = try connected()
    active.feed("03 05 03")
    #expect(active.state == .active)
    #expect(active.event() == nil)
  }

  @Test func `wishes that need a connection are refused without one`() throws {
    let wire = Transcript()
    #expect(throws: ClientError.notConnected) { try wire.register("a") }
    #expect(throws: ClientError.notConnected) { try wire.publish("a") }
    #expect(throws: ClientError.notConnected) { try wire.subscribe("a") }
    #expect(throws: ClientError.notConnected) { try wire.client.disconnect(at: wire.now) }
    #expect(wire.sent() == "")
  }

  @Test func `a request longer than the capacity is refused and nothing is sent`() throws {
    let wire = try connected()
    let long = String(repeating: "x", count: 58)
    #expect(throws: ClientError.outOfRoom) { try wire.publish(long) }
    #expect(!wire.isBusy)
    #expect(wire.sent() == "")
    try wire.publish(String(long.dropLast()))
    #expect(wire.isBusy)
  }
}

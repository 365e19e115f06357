import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct SleepingTests {
  @Test func `[SN 6.14] DISCONNECT with a duration, DISCONNECT, asleep`() throws {
    let wire = try connected()
    try wire.fallAsleep(for: 300)
    #expect(wire.state == .fallingAsleep)
    #expect(wire.sent() == "04 18 01 2C")
    wire.feed("02 18")
    #expect(wire.event() == .asleep)
    #expect(wire.state == .asleep)
    #expect(wire.untilDeadline == nil)
    wire.wait(1_000_000)
    #expect(wire.sent() == "")
  }

  @Test func `[SN 6.13] a lost answer: the same DISCONNECT again`() throws {
    let wire = try connected()
    try wire.fallAsleep(for: 300)
    _ = wire.sent()
    wire.wait(10_000)
    #expect(wire.sent() == "04 18 01 2C")
    wire.feed("02 18")
    #expect(wire.event() == .asleep)
  }

  @Test func `a gateway that lets nobody sleep is lost`() throws {
    let wire = try connected()
    try wire.fallAsleep(for: 300)
    for _ in 0..<4 {
      _ = wire.sent()
      wire.wait(10_000)
    }
    #expect(wire.event() == .lost)
    #expect(wire.state == .disconnected)
  }

  @Test func `[SN 6.14] nothing buffered: PINGREQ with the id, PINGRESP, asleep`() throws {
    let wire = try sleeping()
    try wire.wake()
    #expect(wire.state == .awake)
    #expect(wire.sent() == "04 16 6E 31")
    wire.feed("02 17")
    #expect(wire.event() == .asleep)
    #expect(wire.state == .asleep)
    #expect(wire.untilDeadline == nil)
  }

  @Test func `[SN 6.14] what was buffered arrives with full handshakes, and then it sleeps`()
    throws
  {
    let wire = try sleeping()
    try wire.wake()
    _ = wire.sent()
    let topic = wire.feed("09 0A 00 07 00 01 61 2F 62")
    #expect(topic == "7=a/b")
    #expect(wire.sent() == "07 0B 00 07 00 01 00")
    let first = wire.feed("08 0C 20 00 07 00 02 31")
    #expect(first == "normal(7) 1")
    #expect(wire.sent() == "07 0D 00 07 00 02 00")
    let second = wire.feed("08 0C 40 00 07 00 03 32")
    #expect(second == "normal(7) 2")
    #expect(wire.sent() == "04 0F 00 03")
    wire.feed("04 10 00 03")
    #expect(wire.sent() == "04 0E 00 03")
    let third = wire.feed("08 0C 00 00 07 00 00 33")
    #expect(third == "normal(7) 3")
    wire.feed("02 17")
    #expect(wire.event() == .asleep)
  }

  @Test func `[SN 6.14] a lost PINGRESP: PINGREQ again`() throws {
    let wire = try sleeping()
    try wire.wake()
    let first = wire.sent()
    wire.wait(10_000)
    #expect(wire.sent() == first)
    #expect(wire.retransmissions == 1)
    wire.feed("02 17")
    #expect(wire.event() == .asleep)
  }

  @Test func `a gateway that does not answer a waking client is lost`() throws {
    let wire = try sleeping()
    try wire.wake()
    for _ in 0..<4 {
      _ = wire.sent()
      #expect(wire.event() == nil)
      wire.wait(10_000)
    }
    #expect(wire.event() == .lost)
    #expect(wire.state == .disconnected)
  }

  @Test func `a gateway that is busy delivering is not asked again`() throws {
    let wire = try sleeping()
    try wire.wake()
    _ = wire.sent()
    for number in 0..<9 {
      wire.wait(9_000)
      wire.feed("08 0C 20 00 07 00 0\(number) 31")
      #expect(wire.sent() == "07 0D 00 07 00 0\(number) 00")
    }
    wire.wait(10_000)
    #expect(wire.sent() == "04 16 6E 31")
    #expect(wire.event() == nil)
  }

  @Test func `nothing arrives while it sleeps`() throws {
    let wire = try sleeping()
    let early = wire.feed("08 0C 20 00 07 00 02 31")
    #expect(early == nil)
    #expect(wire.sent() == "")
    wire.feed("02 17")
    #expect(wire.event() == nil)
  }

  @Test func `[SN 6.14] it may do nothing else while it is awake`() throws {
    let wire = try sleeping()
    #expect(throws: ClientError.notConnected) { try wire.publish("x") }
    try wire.wake()
    #expect(throws: ClientError.notConnected) { try wire.publish("x") }
    #expect(throws: ClientError.notConnected) { try wire.fallAsleep(for: 5) }
    #expect(throws: ClientError.notConnected) { try wire.wake() }
    #expect(wire.sent() == "04 16 6E 31")
  }

  @Test func `[SN 6.14] a sleeper gives another duration`() throws {
    let wire = try sleeping()
    try wire.fallAsleep(for: 600)
    #expect(wire.sent() == "04 18 02 58")
    wire.feed("02 18")
    #expect(wire.event() == .asleep)
  }

  @Test func `[SN 6.14] CONNECT from sleep is the way back, and begins no session`() throws {
    let wire = try connected()
    wire.feed("08 0C 40 00 07 00 01 31")
    _ = wire.sent()
    try wire.fallAsleep(for: 300)
    _ = wire.sent()
    wire.feed("02 18")
    _ = wire.event()
    try wire.connect()
    #expect(wire.sent() == "08 04 04 01 00 3C 6E 31")
    wire.feed("03 05 00")
    #expect(wire.event() == .connected)
    #expect(wire.untilDeadline == 60_000)
    let again = wire.feed("08 0C C0 00 07 00 01 31")
    #expect(again == nil)
    #expect(wire.sent() == "04 0F 00 01")
  }

  @Test func `[SN 6.14] DISCONNECT from sleep`() throws {
    let wire = try sleeping()
    try wire.client.disconnect(at: wire.now)
    #expect(wire.sent() == "02 18")
    wire.feed("02 18")
    #expect(wire.event() == .disconnected)
  }

  @Test func `a gateway that has forgotten the sleeper says so when it wakes`() throws {
    let wire = try sleeping()
    try wire.wake()
    _ = wire.sent()
    wire.feed("02 18")
    #expect(wire.event() == .disconnected)
    #expect(wire.state == .disconnected)
  }

  @Test func `nobody sleeps over an open request, nor before connecting`() throws {
    let wire = try connected()
    try wire.publish("x")
    #expect(throws: ClientError.busy) { try wire.fallAsleep(for: 5) }
    let other = Transcript()
    #expect(throws: ClientError.notConnected) { try other.fallAsleep(for: 5) }
    #expect(throws: ClientError.notConnected) { try other.wake() }
  }

  @Test func `a ping that was due does not follow into sleep`() throws {
    let wire = try connected(keepAlive: 60)
    wire.wait(60_000)
    try wire.fallAsleep(for: 300)
    #expect(wire.sent() == "04 18 01 2C")
    wire.feed("02 17")
    #expect(wire.event() == nil)
    wire.feed("02 18")
    #expect(wire.event() == .asleep)
  }
}

import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct PublishingTests {
  @Test func `[SN 6.6] PUBLISH QoS 1, PUBACK, published`() throws {
    let wire = try connected()
    try wire.publish("hi")
    #expect(wire.sent() == "09 0C 20 00 05 00 01 68 69")
    wire.feed("07 0D 00 05 00 01 00")
    #expect(wire.event() == .published)
    try wire.publish("ho")
    #expect(wire.sent() == "09 0C 20 00 05 00 02 68 6F")
  }

  @Test func `[SN 6.13] a lost PUBACK: DUP and the same MsgId`() throws {
    let wire = try connected()
    try wire.publish("hi")
    #expect(wire.sent() == "09 0C 20 00 05 00 01 68 69")
    for _ in 0..<3 {
      wire.wait(10_000)
      #expect(wire.sent() == "09 0C A0 00 05 00 01 68 69")
    }
    wire.feed("07 0D 00 05 00 01 00")
    #expect(wire.event() == .published)
    #expect(wire.retransmissions == 3)
    wire.feed("07 0D 00 05 00 01 00")
    #expect(wire.event() == nil)
    try wire.publish("ho")
    #expect(wire.sent() == "09 0C 20 00 05 00 02 68 6F")
  }

  @Test func `[SN 6.13] after N_RETRY repetitions the gateway is lost`() throws {
    let wire = try connected()
    try wire.publish("hi")
    _ = wire.sent()
    for _ in 0..<3 {
      wire.wait(10_000)
      _ = wire.sent()
    }
    wire.wait(10_000)
    #expect(wire.event() == .lost)
    #expect(wire.state == .disconnected)
    #expect(wire.sent() == "")
  }

  @Test func `[SN 6.6] an unknown topic id: register again, publish again`() throws {
    let wire = try connected()
    try wire.publish("hi")
    _ = wire.sent()
    wire.feed("07 0D 00 05 00 01 02")
    #expect(wire.event() == .refused(.publish, .invalidTopicID))
    try wire.register("a")
    #expect(wire.sent() == "07 0A 00 00 00 02 61")
    wire.feed("07 0B 00 09 00 02 00")
    #expect(wire.event() == .registered(9))
    try wire.publish("hi", to: .normal(9))
    #expect(wire.sent() == "09 0C 20 00 09 00 03 68 69")
  }

  @Test func `congestion is told and ends the PUBLISH`() throws {
    let wire = try connected()
    try wire.publish("hi")
    _ = wire.sent()
    wire.feed("07 0D 00 05 00 01 01")
    let event = wire.event()
    #expect(event == .refused(.publish, .congestion))
    #expect(event?.waitInterval == 300_000)
    wire.wait(10_000)
    #expect(wire.sent() == "")
  }

  @Test func `QoS 0 waits for nothing, and a refusal is told`() throws {
    let wire = try connected()
    try wire.publish("hi", qos: .atMostOnce, isRetained: true)
    #expect(wire.sent() == "09 0C 10 00 05 00 00 68 69")
    #expect(!wire.isBusy)
    wire.feed("07 0D 00 05 00 00 02")
    #expect(wire.event() == .refused(.publish, .invalidTopicID))
    wire.wait(10_000)
    #expect(wire.sent() == "")
  }

  @Test func `[SN 6.8] QoS -1 needs no connection, but a topic that needs none`() throws {
    let wire = Transcript()
    try wire.publish("x", to: .predefined(7), qos: .withoutConnection)
    #expect(wire.sent() == "08 0C 61 00 07 00 00 78")
    try wire.publish("x", to: .short(0x6162), qos: .withoutConnection)
    #expect(wire.sent() == "08 0C 62 61 62 00 00 78")
    #expect(throws: ClientError.unsupported) {
      try wire.publish("x", to: .normal(7), qos: .withoutConnection)
    }
    #expect(wire.untilDeadline == nil)
  }

  @Test func `the MsgId is never 0`() throws {
    let wire = try connected()
    for _ in 0..<65_535 {
      try wire.publish("x")
      let id = wire.sent().split(separator: " ")[5...6].joined(separator: " ")
      wire.feed("07 0D 00 05 \(id) 00")
      guard wire.event() == .published else { break }
    }
    try wire.publish("x")
    #expect(wire.sent() == "08 0C 20 00 05 00 01 78")
  }

  @Test func `the answer wait begins when the PUBLISH leaves`() throws {
    let wire = try connected()
    try wire.publish("hi")
    wire.wait(9_000)
    #expect(wire.sent() == "09 0C 20 00 05 00 01 68 69")
    #expect(wire.untilDeadline == 10_000)
  }

  @Test func `what does not fit into the output stays`() throws {
    let wire = try connected()
    try wire.publish("hi")
    #expect(wire.sent(capacity: 8) == "")
    #expect(wire.sent(capacity: 9) == "09 0C 20 00 05 00 01 68 69")
  }
}

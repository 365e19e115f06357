import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct ExactlyOnceTests {
  @Test func `[SN 6.6] QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP, published`() throws {
    let wire = try connected()
    try wire.publish("hi", qos: .exactlyOnce)
    #expect(wire.sent() == "09 0C 40 00 05 00 01 68 69")
    wire.feed("04 0F 00 01")
    #expect(wire.event() == nil)
    #expect(wire.sent() == "04 10 00 01")
    wire.feed("04 0E 00 01")
    #expect(wire.event() == .published)
    #expect(!wire.isBusy)
  }

  @Test func `[SN 6.13] each half is repeated until it is answered`() throws {
    let wire = try connected()
    try wire.publish("hi", qos: .exactlyOnce)
    _ = wire.sent()
    wire.wait(10_000)
    #expect(wire.sent() == "09 0C C0 00 05 00 01 68 69")
    wire.feed("04 0F 00 01")
    #expect(wire.sent() == "04 10 00 01")
    for _ in 0..<3 {
      wire.wait(10_000)
      #expect(wire.sent() == "04 10 00 01")
    }
    wire.feed("04 0E 00 01")
    #expect(wire.event() == .published)
  }

  @Test func `[SN 6.13] a gateway that never releases is lost`() throws {
    let wire = try connected()
    try wire.publish("hi", qos: .exactlyOnce)
    _ = wire.sent()
    wire.feed("04 0F 00 01")
    for _ in 0..<4 {
      _ = wire.sent()
      wire.wait(10_000)
    }
    #expect(wire.event() == .lost)
  }

  @Test func `doubled and foreign answers change nothing`() throws {
    let wire = try connected()
    try wire.publish("hi", qos: .exactlyOnce)
    _ = wire.sent()
    wire.feed("04 0F 00 02")
    wire.feed("04 0E 00 01")
    #expect(wire.sent() == "" && wire.event() == nil)
    wire.feed("04 0F 00 01")
    _ = wire.sent()
    wire.feed("04 0F 00 01")
    #expect(wire.sent() == "")
    wire.feed("04 0E 00 02")
    #expect(wire.event() == nil)
    wire.feed("04 0E 00 01")
    #expect(wire.event() == .published)
    wire.feed("04 0E 00 01")
    wire.feed("04 0F 00 01")
    #expect(wire.sent() == "" && wire.event() == nil)
  }

  @Test func `a PUBREC for a message of QoS 1 is none`() throws {
    let wire = try connected()
    try wire.publish("hi")
    _ = wire.sent()
    wire.feed("04 0F 00 01")
    #expect(wire.sent() == "")
    wire.feed("07 0D 00 05 00 01 00")
    #expect(wire.event() == .published)
  }

  @Test func `[SN 6.6] an error at QoS 2 comes as PUBACK`() throws {
    let wire = try connected()
    try wire.publish("hi", qos: .exactlyOnce)
    _ = wire.sent()
    wire.feed("07 0D 00 05 00 01 02")
    #expect(wire.event() == .refused(.publish, .invalidTopicID))
    #expect(!wire.isBusy)
  }

  @Test func `[SN 6.6] a message of QoS 2 arrives once, however often it comes`() throws {
    let wire = try connected()
    let first = wire.feed("08 0C 40 00 07 00 01 31")
    #expect(first == "normal(7) 1")
    #expect(wire.sent() == "04 0F 00 01")
    for flags in ["C0", "40", "C0"] {
      let again = wire.feed("08 0C \(flags) 00 07 00 01 31")
      #expect(again == nil)
      #expect(wire.sent() == "04 0F 00 01")
    }
    wire.feed("04 10 00 01")
    #expect(wire.sent() == "04 0E 00 01")
    let next = wire.feed("08 0C 40 00 07 00 01 32")
    #expect(next == "normal(7) 2")
  }

  @Test func `[SN 6.6] a PUBREL for nothing is answered`() throws {
    let wire = try connected()
    wire.feed("04 10 12 34")
    #expect(wire.sent() == "04 0E 12 34")
  }

  @Test func `a message that cannot be remembered is not taken, the gateway repeats it`() throws {
    let wire = try connected()
    for number in 1...2 {
      wire.feed("08 0C 40 00 07 00 0\(number) 31")
      _ = wire.sent()
    }
    let third = wire.feed("08 0C 40 00 07 00 03 33")
    #expect(third == nil)
    #expect(wire.sent() == "")
    wire.feed("04 10 00 01")
    #expect(wire.sent() == "04 0E 00 01")
    let again = wire.feed("08 0C C0 00 07 00 03 33")
    #expect(again == "normal(7) 3")
    #expect(wire.sent() == "04 0F 00 03")
  }

  @Test func `what cannot be answered yet is not remembered`() throws {
    let wire = try connected()
    wire.feed("02 16")
    let blocked = wire.feed("08 0C 40 00 07 00 01 31")
    #expect(blocked == nil)
    #expect(wire.sent() == "02 17")
    let again = wire.feed("08 0C C0 00 07 00 01 31")
    #expect(again == "normal(7) 1")
  }

  @Test func `a kept session knows after a reconnection what it had taken`() throws {
    let wire = try connected(isCleanSession: false)
    wire.feed("08 0C 40 00 07 00 01 31")
    _ = wire.sent()
    wire.feed("02 18")
    try wire.connect(isCleanSession: false)
    _ = wire.sent()
    wire.feed("03 05 00")
    let again = wire.feed("08 0C C0 00 07 00 01 31")
    #expect(again == nil)
    #expect(wire.sent() == "04 0F 00 01")
  }

  @Test func `a gateway that has forgotten the session may use its MsgIds again`() throws {
    let wire = try connected(isCleanSession: false)
    wire.feed("08 0C 40 00 07 00 01 31")
    _ = wire.sent()
    wire.feed("02 18")
    try wire.connect(isCleanSession: false)
    _ = wire.sent()
    wire.feed("03 05 00")
    let other = wire.feed("08 0C 40 00 07 00 01 32")
    #expect(other == "normal(7) 2")
    let again = wire.feed("08 0C 40 00 07 00 01 32")
    #expect(again == nil)
  }

  @Test func `a clean session begins without a memory`() throws {
    let wire = try connected()
    wire.feed("08 0C 40 00 07 00 01 31")
    _ = wire.sent()
    wire.feed("02 18")
    try wire.connect()
    _ = wire.sent()
    wire.feed("03 05 00")
    let again = wire.feed("08 0C C0 00 07 00 01 31")
    #expect(again == "normal(7) 1")
  }
}

import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct WillTests {
  @Test func `[SN 6.2] the whole dialogue`() throws {
    let wire = Transcript()
    try wire.connect(hasWill: true)
    #expect(wire.sent() == "08 04 0C 01 00 3C 6E 31")
    wire.feed("02 06")
    #expect(wire.event() == .willTopicWanted)
    try wire.tellWillTopic("w", qos: .atLeastOnce, isRetained: true)
    #expect(wire.sent() == "04 07 30 77")
    wire.feed("02 08")
    #expect(wire.event() == .willMessageWanted)
    try wire.tellWillMessage("gone")
    #expect(wire.sent() == "06 09 67 6F 6E 65")
    #expect(wire.state == .connecting)
    wire.feed("03 05 00")
    #expect(wire.event() == .connected)
  }

  @Test func `[SN 6.13] each step is repeated by the client`() throws {
    let wire = Transcript()
    try wire.connect(hasWill: true)
    _ = wire.sent()
    wire.feed("02 06")
    try wire.tellWillTopic("w")
    _ = wire.sent()
    wire.wait(10_000)
    #expect(wire.sent() == "04 07 00 77")
    wire.feed("02 08")
    try wire.tellWillMessage("gone")
    _ = wire.sent()
    wire.wait(10_000)
    #expect(wire.sent() == "06 09 67 6F 6E 65")
    for _ in 0..<3 {
      wire.wait(10_000)
      _ = wire.sent()
    }
    #expect(wire.event() == .lost)
    #expect(wire.state == .disconnected)
  }

  @Test func `a question that comes twice is answered twice`() throws {
    let wire = Transcript()
    try wire.connect(hasWill: true)
    _ = wire.sent()
    for _ in 0..<2 {
      wire.feed("02 06")
      #expect(wire.event() == .willTopicWanted)
      try wire.tellWillTopic("w")
      #expect(wire.sent() == "04 07 00 77")
    }
    wire.feed("02 08")
    try wire.tellWillMessage("gone")
    wire.feed("03 05 00")
    wire.feed("02 08")
    #expect(wire.event() == .connected)
    #expect(wire.sent() == "")
  }

  @Test func `[SN 6.2] the gateway may refuse in the middle`() throws {
    let wire = Transcript()
    try wire.connect(hasWill: true)
    _ = wire.sent()
    wire.feed("02 06")
    try wire.tellWillTopic("w")
    _ = wire.sent()
    wire.feed("03 05 01")
    #expect(wire.event() == .refused(.connect, .congestion))
    #expect(wire.state == .disconnected)
  }

  @Test func `an empty topic is no will`() throws {
    let wire = Transcript()
    try wire.connect(hasWill: true)
    _ = wire.sent()
    wire.feed("02 06")
    try wire.tellWillTopic("")
    #expect(wire.sent() == "02 07")
    wire.feed("03 05 00")
    #expect(wire.event() == .connected)
  }

  @Test func `a will that is too long ends the attempt`() throws {
    let wire = Transcript()
    try wire.connect(hasWill: true)
    _ = wire.sent()
    wire.feed("02 06")
    #expect(throws: ClientError.outOfRoom) {
      try wire.tellWillTopic(String(repeating: "w", count: 62))
    }
    #expect(wire.state == .disconnected && !wire.isBusy)
    #expect(wire.sent() == "" && wire.untilDeadline == nil)
  }

  @Test func `nobody tells a will unasked`() throws {
    let wire = try connected()
    #expect(throws: ClientError.notAsked) { try wire.tellWillTopic("w") }
    #expect(throws: ClientError.notAsked) { try wire.tellWillMessage("w") }
    wire.feed("02 06")
    #expect(wire.event() == nil)
  }

  @Test func `[SN 6.4] WILLTOPICUPD and WILLMSGUPD`() throws {
    let wire = try connected()
    try wire.updateWillTopic("v", qos: .exactlyOnce, isRetained: true)
    #expect(wire.sent() == "04 1A 50 76")
    wire.wait(10_000)
    #expect(wire.sent() == "04 1A 50 76")
    wire.feed("03 1D 00")
    #expect(wire.event() == nil)
    wire.feed("03 1B 00")
    #expect(wire.event() == .willUpdated)
    try wire.updateWillMessage("bye")
    #expect(wire.sent() == "05 1C 62 79 65")
    wire.feed("03 1D 00")
    #expect(wire.event() == .willUpdated)
  }

  @Test func `[SN 6.4] an empty topic deletes the will`() throws {
    let wire = try connected()
    try wire.updateWillTopic("")
    #expect(wire.sent() == "02 1A")
    wire.feed("03 1B 00")
    #expect(wire.event() == .willUpdated)
  }

  @Test func `a refused update is told`() throws {
    let wire = try connected()
    try wire.updateWillMessage("bye")
    _ = wire.sent()
    wire.feed("03 1D 03")
    #expect(wire.event() == .refused(.updateWillMessage, .notSupported))
    #expect(!wire.isBusy)
  }
}

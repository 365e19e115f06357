import MQTTSNClient
import MQTTSNCodec
import Testing

@Suite struct HostileGatewayTests {
  @Test(arguments: [
    "", "00", "02", "03 17", "02 17 00", "02 03", "07 0B 00 05 00 01", "01 00 03 17",
  ])
  func `what is no message is dropped`(datagram: String) throws {
    let wire = try connected()
    try wire.register("a/b")
    let first = wire.sent()
    let arrival = wire.feed(datagram)
    #expect(arrival == nil)
    #expect(wire.event() == nil)
    #expect(wire.state == .active)
    wire.wait(10_000)
    #expect(wire.sent() == first)
  }

  @Test func `random datagrams neither trap nor stop the client`() throws {
    var random = SeededNumbers(seed: 5)
    let wire = try connected()
    var states: Set<ClientState> = []
    for _ in 0..<20_000 {
      var octets = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if octets.count >= 2 {
        octets[0] = UInt8(octets.count)
        octets[1] &= 0x1F
      }
      wire.feed(hex(octets))
      _ = wire.sent()
      try answer(wire)
      wire.wait(500)
      states.insert(wire.state)
      try proceed(wire, &random)
      states.insert(wire.state)
    }
    #expect(wire.malformedDatagrams > 0)
    #expect(states.count == 7)
  }

  private func answer(_ wire: Transcript) throws {
    switch wire.event() {
    case .willTopicWanted: try wire.tellWillTopic("w")
    case .willMessageWanted: try wire.tellWillMessage("gone")
    default: break
    }
  }

  /// Does something that the state allows.
  private func proceed(_ wire: Transcript, _ random: inout SeededNumbers) throws {
    switch (wire.state, UInt8.random(in: 0...7, using: &random)) {
    case (.active, _) where wire.isBusy: break
    case (.active, 0): try wire.fallAsleep(for: 10)
    case (.active, 1): try wire.client.disconnect(at: wire.now)
    case (.active, 2): try wire.updateWillTopic("")
    case (.active, 3): try wire.unsubscribe("a/#")
    case (.active, 4): try wire.subscribe("a/#", qos: .exactlyOnce)
    case (.active, _): try wire.publish("x", qos: .exactlyOnce)
    case (.asleep, 0): try wire.connect(isCleanSession: false)
    case (.asleep, _): try wire.wake()
    case (.disconnected, let choice):
      try wire.connect(isCleanSession: choice > 3, hasWill: choice > 5)
    case (.connecting, _): wire.feed("03 05 00")
    default: break
    }
  }
}

/// The same numbers for the same seed (SplitMix64).
private struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

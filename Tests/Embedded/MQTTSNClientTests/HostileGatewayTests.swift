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
      _ = wire.event()
      wire.wait(500)
      switch wire.state {
      case .active: if !wire.isBusy { try wire.publish("x") }
      case .disconnected: try wire.connect()
      default: wire.feed("03 05 00")
      }
    }
    #expect(wire.malformedDatagrams > 0)
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

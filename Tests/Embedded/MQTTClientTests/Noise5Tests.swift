import MQTTClient
import MQTTTerms
import Testing

/// Packets of version 5.0 with octets that are wrong: a client survives them all.
@Suite struct Noise5Tests {
  private static let packets = [
    "20 05 00 00 02 13 0014", "30 09 0002 6262 03 23 0002 32", "30 07 0000 03 23 0001 33",
    "32 0c 0001 61 0005 05 02 00000001 31", "34 07 0001 61 0005 00 31", "40 03 0001 10",
    "50 09 0001 97 05 1f 0002 6e6f", "62 03 0005 92", "70 02 0001", "90 04 0002 00 01",
    "b0 04 0003 00 11", "d0 00", "e0 07 8b 05 1f 0002 6279", "f0 0a 18 08 15 0001 6d 16 0001 31",
  ]

  @Test(arguments: 1...8) func `noise ends connections and nothing else`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    for _ in 1...250 {
      let talk = try Conversation.connected5("15 0001 6d", promising: "15 0001 6d 22 0009")
      _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
      _ = try talk.subscribe(to: "a", qos: .atMostOnce)
      _ = try talk.unsubscribe(from: "a")
      for _ in 1...6 {
        var octets = bytes(Self.packets[dice.roll(Self.packets.count)])
        for _ in 0..<dice.roll(3) { octets[dice.roll(octets.count)] = UInt8(dice.roll(256)) }
        if dice.roll(4) == 0 { octets.removeLast(dice.roll(octets.count)) }
        let words = talk.feed(octets)
        let isOver = words.last.map { $0.hasPrefix("closed") || $0.hasPrefix("disconnected") }
        #expect(talk.isConnected != (isOver ?? !talk.isConnected))
        _ = talk.transmitted()
      }
      #expect(talk.transmitted() != "wrong answer")
    }
  }
}

/// Numbers that look random and come again with their seed.
private struct Dice {
  var state: UInt64

  /// A number of 0..<sides.
  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % sides
  }
}

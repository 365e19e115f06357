import Testing

@Suite struct ReceivingTests {
  private static let stream =
    "20 02 00 00 30 03 0001 61 90 03 0001 01 d0 00 32 07 0001 62 0009 6869"
  private static let words = ["connected", "a =  q0", "b = hi q1"]

  @Test(arguments: 1...25)
  func `packets arrive in pieces of any size`(size: Int) throws {
    let talk = Conversation()
    _ = try talk.connect()
    let octets = bytes(ReceivingTests.stream)
    var words: [String] = []
    for start in stride(from: 0, to: octets.count, by: size) {
      words += talk.feed(Array(octets[start..<min(start + size, octets.count)]))
    }
    #expect(words == ReceivingTests.words && talk.unread == 0)
  }

  @Test func `a stream cut anywhere waits for the rest`() throws {
    let octets = bytes(ReceivingTests.stream)
    for cut in octets.indices {
      let talk = Conversation()
      _ = try talk.connect()
      let words = talk.feed(Array(octets[0..<cut]))
      #expect(words == Array(ReceivingTests.words.prefix(words.count)))
      #expect(words.count < ReceivingTests.words.count)
      #expect(words + talk.feed(Array(octets[cut...])) == ReceivingTests.words)
    }
  }

  @Test(arguments: ["10 00", "82 00", "a2 00", "c0 00", "e0 00"])
  func `packets that a server does not send close`(hex: String) throws {
    let talk = try Conversation.connected()
    let words = talk.feed(hex)
    #expect(words.count == 1 && words[0].contains("closed: unexpected"))
    #expect(talk.unread == bytes(hex).count)
  }

  @Test(arguments: [
    "00 00", "f0 00", "36 05 0001 61 0001", "30 03 0001 23", "30 01 00", "41 02 0001",
    "40 02 0000", "50 01 00", "52 02 0001", "60 02 0001", "70 02 0000", "32 05 0001 61 0000",
    "b0 01 00", "30 ff ff ff ff 01",
  ])
  func `[MQTT-4.8.0-1] malformed packets close`(hex: String) throws {
    let talk = try Conversation.connected()
    let words = talk.feed(hex)
    #expect(words.count == 1 && words[0].contains("closed: malformed"))
    #expect(!talk.isConnected)
    #expect(talk.feed("30 03 0001 61") == [])
  }

  @Test func `a packet above the limit closes before it arrives`() throws {
    let talk = Conversation(packetLimit: 20)
    _ = try talk.connect()
    _ = talk.feed("20 02 00 00")
    #expect(talk.feed("30 12 0001 61 000000000000000000000000000000").count == 1)
    #expect(talk.feed("30 13") == ["closed: packetTooLarge"])
  }

  @Test func `random bytes never trap`() throws {
    var state: UInt64 = 0x4D51_5454
    for _ in 0..<4_000 {
      let talk = try Conversation.connected()
      var octets: [UInt8] = []
      for _ in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        octets.append(UInt8(truncatingIfNeeded: state >> 56))
      }
      octets[0] = [0x30, 0x32, 0x40, 0x90, 0xB0, 0x34, 0x3A, 0x50, 0x62, 0x70][Int(octets[2] % 10)]
      octets[1] %= 38
      let words = talk.feed(octets)
      #expect(words.count <= 40)
      _ = talk.transmitted()
    }
  }
}

import MQTTSNGateway
import SessionLink
import Testing

@Suite struct HostileInputTests {
  /// One good message of each type, as clients and strangers might send it.
  static let messages: [[UInt8]] = [
    wire("00 01 03 84"), wire("01 00"), wire("02 01 7F 00 00 01"), wire("04 0C 01 00 3C 'evil'"),
    wire("05 00"), wire("06"), wire("07 10 'will'"), wire("08"), wire("09 'gone'"),
    wire("0A 00 00 00 01 'a/b'"), wire("0B 00 01 00 01 00"), wire("0C 20 00 01 00 01 '21'"),
    wire("0D 00 01 00 01 00"), wire("0E 00 01"), wire("0F 00 01"), wire("10 00 01"),
    wire("12 20 00 01 'a/#'"), wire("13 20 00 01 00 01 00"), wire("14 00 00 01 'a/#'"),
    wire("15 00 01"), wire("16 'evil'"), wire("17"), wire("18 00 0A"), wire("1A 10 'will'"),
    wire("1B 00"), wire("1C 'gone'"), wire("1D 00"), [5, 0xFE, 0, 1, 2, 2, 0x16],
  ]

  private func bench() -> Bench<ScriptedHub> {
    var bench = Bench { $0.limits.strangersPerSecond = .max }
    bench.connect("node", from: 2)
    bench.feed(wire("0A 00 00 00 01 'a/b'"), from: 2)
    _ = bench.everythingSent()
    return bench
  }

  /// Whether no answer is larger than twice its request or 64 octets, and the good node lives.
  private func check(_ bench: inout Bench<ScriptedHub>) -> Bool {
    bench.feed(wire("16"), from: 2)
    let isAlive = bench.sent(to: 2).last == wire("17")
    return isAlive && bench.gateway.nodeCount <= 2
  }

  @Test func `every datagram of up to two octets`() {
    var bench = bench()
    bench.feed([])
    for first in UInt8.min...UInt8.max {
      bench.feed([first])
      for second in UInt8.min...UInt8.max {
        bench.feed([first, second])
        bench.feed([first, second], from: 3)
      }
    }
    let isGood = check(&bench)
    #expect(isGood && bench.gateway.counters.malformed.total > 60_000)
  }

  @Test func `every datagram of three octets with a sensible length`() {
    var bench = bench()
    for first: UInt8 in [0, 1, 2, 3, 4, 255] {
      for second in UInt8.min...UInt8.max {
        for third in UInt8.min...UInt8.max { bench.feed([first, second, third]) }
      }
    }
    let isGood = check(&bench)
    #expect(isGood)
  }

  @Test func `every truncation of every message, from strangers and from nodes`() {
    var bench = bench()
    for message in Self.messages {
      for count in 0..<message.count {
        let cut = Array(message.prefix(count))
        bench.feed(cut, from: 1)
        bench.feed(cut, from: 3)
        guard count >= 2 else { continue }
        // And once more with a Length that agrees.
        let fitted = [UInt8(count)] + cut.dropFirst()
        bench.feed(fitted, from: 1)
        bench.feed(fitted, from: 3)
      }
    }
    bench.feed(wire("18"), from: 1)
    bench.feed(wire("18"), from: 3)
    let isGood = check(&bench)
    #expect(isGood)
  }

  @Test func `every message in every phase of the dialogue`() {
    for setup in [
      [], ["04 0C 01 00 3C 'x'"], ["04 0C 01 00 3C 'x'", "07 00 'w'"], ["04 04 01 00 3C 'x'"],
    ] {
      for message in Self.messages {
        var bench = bench()
        for words in setup { bench.feed(wire(words), from: 1) }
        bench.feed(message, from: 1)
        bench.feed(message, from: 1)
        bench.wait(60_000)
        let isGood = check(&bench)
        let links = bench.links.count
        #expect(isGood && links <= 2)
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `random octets and mutated messages`(seed: UInt64) {
    var random = SplitMix(state: seed)
    var bench = bench()
    for _ in 0..<20_000 {
      var bytes = Self.messages[Int(random.next() % UInt64(Self.messages.count))]
      for _ in 0..<(random.next() % 4) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      bench.feed(bytes, from: 1 + 2 * (random.next() % 2))
      if random.next() % 50 == 0 { bench.wait(random.next() % 20_000) }
      if random.next() % 7 == 0 {
        bench.deliver(
          "t/\(random.next() % 20)", "x", to: bench.hub.link, qos: .atLeastOnce, id: 1)
      }
      bench.feed(wire("16"), from: 2)
      _ = bench.everythingSent()
      _ = bench.told()
      _ = bench.notices()
    }
    for number: UInt64 in 1...3 { bench.feed(wire("18"), from: number) }
    bench.wait(10_000_000)
    let held = bench.hub.messages.count
    let links = bench.links.count
    #expect(held == 0 && links == 0 && bench.gateway.nodeCount == 0)
  }

  @Test func `bad datagrams are counted by reason and noticed once an address`() {
    var bench = Bench()
    for _ in 0..<3 {
      bench.feed([9, 0x16])
      bench.feed([2, 0x16, 0])
      bench.feed([0, 0x16])
      bench.feed([2, 0x19])
      bench.feed(wire("04 04 01 00 3C FF"))
      bench.feed(wire("0C 63 00 01 00 00"))
    }
    let counters = bench.gateway.counters.malformed
    #expect(counters.truncated == 3 && counters.trailingOctets == 3)
    #expect(counters.malformedLength == 3 && counters.unknownType == 3)
    #expect(counters.malformedString == 3 && counters.reservedFlags == 3)
    let notices = bench.notices()
    #expect(notices == [.malformed(.truncated)])
    let sent = bench.everythingSent()
    #expect(sent.isEmpty)
  }

  @Test func `strangers cause few notices a second, whatever address they claim`() {
    var bench = Bench()
    for number in 0..<1000 { bench.feed([9, 0x16], from: UInt64(number)) }
    let first = bench.notices().count
    bench.wait(1000)
    for number in 0..<1000 { bench.feed(wire("04 04 02 00 00 'x'"), from: UInt64(number)) }
    let second = bench.notices().count
    #expect(first == 20 && second == 20 && bench.gateway.counters.noticesDropped == 1960)
  }

  @Test func `floods of half-open dialogues, names and searches leave others served`() {
    var bench = Bench { $0.limits.nodes = 500 }
    bench.connect("bystander", from: 1_000_000)
    for number in 0..<20_000 as Range<UInt64> {
      bench.feed(wire("04 0C 01 00 3C 'will\(number)'"), from: number)
      bench.feed(wire("01 00"), from: number)
      bench.feed(wire("0A 00 00 00 01 'name\(number)'"), from: number)
      bench.feed(wire("0D 00 01 00 01 00"), from: number)
      bench.gateway.output.removeAll()
    }
    let full = bench.gateway.nodeCount
    bench.feed(wire("16"), from: 1_000_000)
    let sent = bench.sent(to: 1_000_000)
    #expect(full == 500 && sent == [wire("17")])
    #expect(bench.gateway.counters.connectsRefused == 20_000 - 499)
    _ = bench.notices()
    // Nobody goes on with them: their places come free.
    bench.wait(60_000)
    #expect(bench.gateway.nodeCount == 1)
    _ = bench.told()
  }

  @Test func `a node cannot make its table of names grow without bound`() {
    var bench = Bench()
    bench.connect("node")
    for number in 0..<5000 { bench.feed(wire("0A 00 00 00 01 'name\(number)'")) }
    let snapshot = bench.gateway.node(at: 0)
    #expect(snapshot?.topics == 256)
  }

  @Test func `spoofed acknowledgements settle nothing`() {
    var bench = Bench()
    bench.connect("node")
    bench.deliver("xy", "1", to: bench.hub.link, qos: .atLeastOnce, id: 7)
    _ = bench.told()
    for kind in ["0D 'xy' 00 07 00", "0F 00 07", "0E 00 07", "0B 00 01 00 07 00"] {
      bench.feed(wire(kind), from: 66)
    }
    let told = bench.told()
    let pending = bench.gateway.node(at: 0)?.pending
    #expect(told == [] && pending == 1)
  }

  @Test func `notices are bounded`() {
    var bench = Bench { $0.limits.strangersPerSecond = .max }
    for number in 0..<1000 { bench.feed([9, 0x16], from: UInt64(number)) }
    let count = bench.notices().count
    #expect(count == 256 && bench.gateway.counters.noticesDropped == 744)
  }
}

/// A small generator, so that a failure can be repeated.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

import MQTTSNGateway
import SessionLink
import Testing

/// Lengths that lie, names that are none, and datagrams as long as they can be.
@Suite struct HostileNameTests {
  private func bench() -> Bench<ScriptedHub> {
    var bench = Bench { $0.limits.strangersPerSecond = .max }
    bench.connect("node")
    _ = bench.told()
    return bench
  }

  /// Whether the node is still served.
  private func isAlive(_ bench: inout Bench<ScriptedHub>) -> Bool {
    bench.feed(wire("16"))
    return bench.sent().last == wire("17")
  }

  @Test func `a Length that is not the datagram's is dropped and counted`() {
    var bench = bench()
    var lies: UInt64 = 0
    // An envelope has a Length of its own.
    for message in HostileInputTests.messages where message[1] != 0xFE {
      for length in UInt8.min...UInt8.max where Int(length) != message.count && length != 1 {
        for number: UInt64 in [1, 3] { bench.feed([length] + message.dropFirst(), from: number) }
        lies += 2
      }
      let whole = message.count + 2
      for length in [0, 1, 2, 3, 4, whole - 1, whole + 1, 255, 256, 32_768, 65_535]
      where length != whole {
        let head: [UInt8] = [1, UInt8(length >> 8), UInt8(length & 0xFF)]
        for number: UInt64 in [1, 3] { bench.feed(head + message.dropFirst(), from: number) }
        lies += 2
      }
    }
    let told = bench.told()
    let sent = bench.everythingSent()
    #expect(told == [] && sent.isEmpty && bench.gateway.counters.malformed.total == lies)
    let served = isAlive(&bench)
    #expect(served && bench.gateway.nodeCount == 1)
  }

  /// Octets that are no names: NUL, and what is no UTF-8.
  private static let rubbish: [[UInt8]] = [
    [0], [0x61, 0, 0x62], [0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF],
    [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82],
  ]

  @Test(arguments: rubbish)
  func `octets that are no text are no names`(_ name: [UInt8]) {
    var bench = bench()
    let bodies: [(UInt8, [UInt8])] = [
      (0x04, [4, 1, 0, 60]), (0x07, [0]), (0x0A, [0, 0, 0, 1]), (0x12, [0x20, 0, 1]),
      (0x14, [0, 0, 1]), (0x16, []), (0x1A, [0]),
    ]
    for (kind, head) in bodies {
      for number: UInt64 in [1, 3] {
        bench.feed(short(kind, head + name), from: number)
        bench.feed(long(kind, head + name), from: number)
      }
    }
    let told = bench.told()
    let refusals: Set<[UInt8]> = [
      wire("0B 00 00 00 01 03"), wire("13 00 00 00 00 01 03"), wire("15 00 01"), wire("18"),
      wire("1B 03"),
    ]
    let answers = Set(bench.everythingSent().map(\.bytes))
    #expect(told == [] && answers.isSubset(of: refusals), "\(answers)")
    let served = isAlive(&bench)
    #expect(served && bench.gateway.nodeCount == 1)
  }

  @Test(arguments: ["#", "+", "a/#", "a/+/b", "a#", "+a"])
  func `a wildcard is no name to publish to`(_ name: String) {
    var bench = bench()
    let octets = Array(name.utf8)
    bench.feed(short(0x0A, [0, 0, 0, 1] + octets))
    bench.feed(short(0x1A, [0] + octets))
    if octets.count == 2 {
      bench.feed(short(0x0C, [0x22] + octets + [0, 2, 0x31]))
      bench.feed(short(0x0C, [0x62] + octets + [0, 0, 0x31]))
    }
    bench.feed(wire("04 0C 01 00 3C 'will'"), from: 3)
    bench.feed(short(0x07, [0] + octets), from: 3)
    let told = bench.told()
    var expected = [wire("0B 00 00 00 01 03"), wire("1B 03")]
    if octets.count == 2 { expected.append(short(0x0D, octets + [0, 2, 2])) }
    let sent = bench.everythingSent()
    #expect(
      told == []
        && sent.filter { $0.to == .node(Bench<ScriptedHub>.address(1)) }
          .map(\.bytes) == expected
    )
    #expect(sent.last?.bytes == wire("05 03") && bench.gateway.nodeCount == 1)
  }

  @Test func `datagrams of 65,535 octets, whatever they say they are`() {
    for kind in UInt8.min...UInt8.max where kind != 0x04 {
      var bench = bench()
      let datagram = long(kind, [UInt8](repeating: 0x61, count: 65_531))
      for number: UInt64 in [1, 3] { bench.feed(datagram, from: number) }
      for answer in bench.everythingSent() {
        let count = answer.bytes.count
        #expect(count <= 16, "\(kind) is answered by \(count) octets")
      }
      let served = kind == 0x18 || isAlive(&bench)
      #expect(served && bench.gateway.nodeCount <= 1, "\(kind)")
    }
  }

  @Test func `names of 65,000 octets are refused and leave nothing behind`() {
    var bench = bench()
    let name = [UInt8](repeating: 0x61, count: 65_000)
    bench.feed(long(0x04, [4, 1, 0, 60] + name), from: 3)
    bench.feed(long(0x0A, [0, 0, 0, 1] + name))
    bench.feed(long(0x12, [0, 0, 2] + name))
    bench.feed(long(0x1A, [0] + name))
    bench.feed(long(0x16, name), from: 3)
    let sent = bench.everythingSent().map(\.bytes)
    #expect(
      sent == [
        wire("05 03"), wire("0B 00 00 00 01 01"), wire("13 00 00 00 00 02 01"), wire("1B 03"),
        wire("18"),
      ])
    let told = bench.told()
    #expect(told == [] && bench.gateway.node(at: 0)?.topics == 0)
  }

  private func short(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
    [UInt8(body.count + 2), kind] + body
  }
}

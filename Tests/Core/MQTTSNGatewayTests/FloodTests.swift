import BrokerCore
import SessionLink
import Testing

@testable import MQTTSNGateway

/// Thousands of strangers at once, with the broker behind: what there is stays small, and who was
/// there is served.
@Suite struct FloodTests {
  private static let strangers: UInt64 = 10_000

  /// A gateway for 500 nodes with two that know each other.
  private func field(_ adjust: (inout GatewayOptions) -> Void = { _ in }) -> Bench<Broker> {
    let policy = AccessPolicy(allowsAnonymous: true)
    var bench = Bench(Broker(limits: BrokerLimits(), policy: policy, seed: 1)) { options in
      options.limits.nodes = 500
      adjust(&options)
    }
    bench.connect("reader", from: 1_000_001)
    bench.connect("writer", from: 1_000_002)
    bench.feed(wire("12 02 00 01 'xy'"), from: 1_000_001)
    _ = bench.everythingSent()
    return bench
  }

  /// Whether a reading of the one still reaches the other.
  private func serves(_ bench: inout Bench<Broker>) -> Bool {
    _ = bench.everythingSent()
    bench.feed(wire("0C 22 'xy' 00 07 '1'"), from: 1_000_002)
    let sent = bench.everythingSent()
    return sent.contains { $0.bytes == wire("0D 'xy' 00 07 00") }
      && sent.contains { $0.bytes == wire("0C 02 'xy' 00 00 '1'") }
  }

  /// Lets each stranger say something, and gives how many octets all got at most for one that they
  /// sent.
  private func flood(
    _ bench: inout Bench<Broker>, _ says: (UInt64) -> [[UInt8]]
  ) -> (nodes: Int, amplification: Int) {
    var nodes = 0
    var amplification = 0
    for number in 0..<Self.strangers {
      for datagram in says(number) {
        bench.feed(datagram, from: number)
        var octets = 0
        for answer in bench.everythingSent() { octets += answer.bytes.count }
        amplification = max(amplification, (octets + datagram.count - 1) / datagram.count)
        nodes = max(nodes, bench.gateway.nodeCount)
      }
    }
    return (nodes, amplification)
  }

  @Test func `floods of CONNECT`() {
    var bench = field()
    let seen = flood(&bench) { [wire("04 04 01 00 0A 'node\($0)'")] }
    #expect(seen.nodes == 500 && seen.amplification == 1)
    let served = serves(&bench)
    let links = bench.links.count
    #expect(served && links == 500 && bench.hub.sessionCount == 500)
    // Keep alives run out: everybody has a place again.
    bench.wait(20_000)
    let left = bench.links.count
    #expect(bench.gateway.nodeCount == 2 && left == 2 && bench.hub.sessionCount == 2)
    #expect(bench.hub.messages.count == 0)
  }

  @Test func `floods of half-open dialogues, with wills as long as they may be`() {
    var bench = field()
    let topic = [UInt8](repeating: 0x74, count: 16_000)
    let seen = flood(&bench) { number in
      [wire("04 0C 01 00 00 'will\(number)'"), long(0x07, [0x10] + topic)]
    }
    #expect(seen.nodes == 500 && seen.amplification == 1)
    let served = serves(&bench)
    #expect(served)
    bench.wait(60_000)
    let links = bench.links.count
    #expect(bench.gateway.nodeCount == 2 && links == 2 && bench.hub.sessionCount == 2)
  }

  @Test func `floods of everything that strangers may say`() {
    var bench = field()
    let seen = flood(&bench) { number in
      HostileInputTests.messages.filter { $0[1] != 0x04 } + [
        wire("16 'node\(number)'"), wire("0C 62 'ab' 00 00 'x'"), wire("18 00 0A"),
      ]
    }
    #expect(seen.nodes == 2 && seen.amplification == 1)
    let served = serves(&bench)
    let links = bench.links.count
    #expect(served && links == 2 && bench.hub.sessionCount == 2)
    #expect(bench.hub.messages.count == 0)
  }

  @Test func `floods through a forwarder`() {
    var bench = field()
    var most = 0
    for number in 0..<Self.strangers {
      let envelope: [UInt8] = [5, 0xFE, 0, UInt8(number >> 8), UInt8(number & 0xFF)]
      for words in ["01 00", "0A 00 00 00 01 'a'", "04 04 01 00 0A 'node\(number)'", "16 'x'"] {
        bench.feed(envelope + wire(words), from: 7)
      }
      bench.gateway.output.removeAll()
      most = max(most, bench.gateway.wirelessNodes.count)
    }
    // 64 that are no nodes are remembered.
    #expect(bench.gateway.nodeCount == 500 && most <= 498 + 64)
    let served = serves(&bench)
    #expect(served)
    bench.wait(20_000)
    #expect(bench.gateway.nodeCount == 2 && bench.gateway.wirelessNodes.count <= 64)
  }

  @Test func `one address under thousands of names`() {
    var bench = field()
    for number in 0..<Self.strangers {
      bench.feed(wire("04 04 01 00 00 'node\(number)'"), from: 7)
      bench.feed(wire("12 00 00 01 'topic\(number)'"), from: 7)
      bench.gateway.output.removeAll()
    }
    let served = serves(&bench)
    let links = bench.links.count
    #expect(served && links == 3 && bench.hub.sessionCount == 3)
    #expect(bench.gateway.nodeCount == 3 && bench.hub.statistics.subscriptions == 2)
  }

  @Test func `nobody but the node itself acknowledges for it`() {
    var bench = field()
    bench.feed(wire("12 42 00 02 'qq'"), from: 1_000_001)
    bench.feed(wire("0C 42 'qq' 00 08 '2'"), from: 1_000_002)
    bench.feed(wire("10 00 08"), from: 1_000_002)
    _ = bench.everythingSent()
    for number: UInt64 in [1_000_002, 66] {
      for id in 0...20 as ClosedRange<UInt16> {
        for kind in ["0D 'qq' \(hex(id)) 00", "0F \(hex(id))", "0E \(hex(id))"] {
          bench.feed(wire(kind), from: number)
        }
        bench.feed(wire("0B 'qq' \(hex(id)) 00"), from: number)
      }
    }
    // What the wrong ones get is for them alone.
    let touched = bench.sent(to: 1_000_001)
    #expect(touched.isEmpty && bench.hub.messages.count == 1)
    bench.feed(wire("0F 00 01"), from: 1_000_001)
    bench.feed(wire("0E 00 01"), from: 1_000_001)
    #expect(bench.hub.messages.count == 0)
  }
}

/// A message in the long form: any number of octets.
func long(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
  let length = body.count + 4
  return [1, UInt8(length >> 8), UInt8(length & 0xFF), kind] + body
}

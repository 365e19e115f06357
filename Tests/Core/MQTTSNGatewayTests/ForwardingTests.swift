import MQTTSNGateway
import SessionLink
import Testing

@testable import MQTTSNGateway

/// Nodes behind a forwarder at address 1 [SN 5.5].
@Suite struct ForwardingTests {
  /// A datagram in an envelope.
  private func envelope(_ nodeID: [UInt8], _ message: [UInt8], control: UInt8 = 0) -> [UInt8] {
    [UInt8(3 + nodeID.count), 0xFE, control] + nodeID + message
  }

  @Test func `two nodes behind one forwarder are two, each answered in its envelope`() {
    var bench = Bench()
    bench.feed(envelope([1], wire("04 04 01 00 3C 'one'")))
    bench.feed(envelope([2, 2], wire("04 04 01 00 3C 'two'"), control: 2))
    bench.feed(wire("04 04 01 00 3C 'forwarder'"))
    let sent = bench.sent()
    #expect(
      sent == [
        envelope([1], wire("05 00")), envelope([2, 2], wire("05 00"), control: 2), wire("05 00"),
      ])
    #expect(bench.gateway.nodeCount == 3)
    bench.feed(envelope([1], wire("16")))
    let pong = bench.sent()
    #expect(pong == [envelope([1], wire("17"))])
  }

  @Test func `the longest node id, and none at all`() {
    var bench = Bench()
    let long = [UInt8](repeating: 0xAB, count: 252)
    bench.feed(envelope(long, wire("04 04 01 00 3C 'long'")))
    bench.feed(envelope([], wire("04 04 01 00 3C 'none'")))
    let sent = bench.sent()
    #expect(sent == [envelope(long, wire("05 00")), envelope([], wire("05 00"))])
  }

  @Test func `a stranger behind a forwarder hears that it is one`() {
    var bench = Bench()
    bench.feed(envelope([1], wire("16")))
    let sent = bench.sent()
    #expect(sent == [envelope([1], wire("18"))])
  }

  @Test func `an envelope in an envelope is dropped and counted`() {
    var bench = Bench()
    bench.feed(envelope([1], envelope([2], wire("16"))))
    let sent = bench.sent()
    #expect(sent == [] && bench.gateway.counters.malformed.unknownType == 1)
  }

  @Test func `a forwarder that is not allowed is passed over`() {
    var bench = Bench()
    bench.gateway.setAllowsForwarders(false, ofLine: 0)
    bench.feed(envelope([1], wire("04 04 01 00 3C 'one'")))
    let sent = bench.sent()
    #expect(sent == [] && bench.gateway.counters.forwardersRefused == 1)
  }

  @Test func `thousands of strangers behind a forwarder leave nothing`() {
    var bench = Bench()
    bench.feed(envelope([1], wire("04 04 01 00 3C 'one'")))
    for number in 0..<5000 {
      bench.feed(envelope([UInt8(number >> 8), UInt8(number & 0xFF), 0], wire("16")))
    }
    let count = bench.gateway.wirelessNodes.count
    #expect(count <= 65)
    _ = bench.everythingSent()
    bench.feed(envelope([1], wire("16")))
    let sent = bench.sent()
    #expect(sent == [envelope([1], wire("17"))])
  }

  @Test func `goodbye is repeated for a node behind a forwarder too`() {
    var bench = Bench()
    bench.feed(envelope([1], wire("04 04 01 00 3C 'one'")))
    bench.feed(envelope([1], wire("18")))
    bench.feed(envelope([1], wire("18")))
    let sent = bench.sent()
    #expect(sent.dropFirst() == [envelope([1], wire("18")), envelope([1], wire("18"))])
  }
}

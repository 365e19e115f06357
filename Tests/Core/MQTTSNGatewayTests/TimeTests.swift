import BrokerCore
import MQTTSNGateway
import SessionLink
import Testing

@Suite struct TimeTests {
  @Test(arguments: [(UInt16(2), UInt64(3000)), (60, 90_000), (100, 110_000)])
  func `a silent node is lost after its Duration and the slack [SN 7.2]`(
    duration: UInt16, allowance: UInt64
  ) {
    var bench = Bench()
    bench.connect("node", duration: duration)
    let deadline = bench.gateway.nextDeadline
    #expect(deadline == 5000 + allowance)
    bench.wait(allowance - 1)
    let before = bench.gateway.nodeCount
    bench.wait(1)
    let told = bench.told()
    let notices = bench.notices()
    #expect(before == 1 && bench.gateway.nodeCount == 0)
    #expect(told == ["open node clean", "closed lost"])
    #expect(notices == [.silent] && bench.gateway.counters.nodesLost == 1)
  }

  @Test func `any message counts, PINGREQ is answered [SN 6.11]`() {
    var bench = Bench()
    bench.connect("node", duration: 10)
    bench.wait(14_000)
    bench.feed(wire("16"))
    bench.wait(14_000)
    bench.feed(wire("0C 02 'xy' 00 00 '1'"))
    bench.wait(14_000)
    let sent = bench.sent()
    #expect(sent == [wire("17")] && bench.gateway.nodeCount == 1)
    bench.wait(1000)
    #expect(bench.gateway.nodeCount == 0)
  }

  @Test func `a Duration of 0 means no supervision`() {
    var bench = Bench()
    bench.connect("node", duration: 0)
    bench.wait(1_000_000_000)
    let deadline = bench.gateway.nextDeadline
    #expect(bench.gateway.nodeCount == 1 && deadline == nil)
  }

  @Test func `a lost node's will is published`() {
    var bench = Bench(
      Broker(limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1))
    bench.connect("watcher", from: 2)
    bench.feed(wire("12 02 00 01 'wt'"), from: 2)
    bench.feed(wire("04 0C 01 00 0A 'node'"))
    bench.feed(wire("07 00 'wt'"))
    bench.feed(wire("09 'gone'"))
    _ = bench.everythingSent()
    bench.wait(15_000)
    let sent = bench.sent(to: 2)
    #expect(sent == [wire("0C 02 'wt' 00 00 'gone'")])
  }

  @Test func `a PUBLISH is sent again with DUP and the same MsgId, then the node is lost`() {
    var bench = Bench { $0.retryLimit = 2 }
    bench.connect("node")
    bench.deliver("xy", "1", to: bench.hub.link, qos: .atLeastOnce, id: 7)
    _ = bench.sent()
    bench.wait(9999)
    let early = bench.sent()
    #expect(early.isEmpty)
    bench.wait(1)
    bench.wait(10_000)
    let again = bench.sent()
    #expect(again == [wire("0C A2 'xy' 00 07 '1'"), wire("0C A2 'xy' 00 07 '1'")])
    #expect(bench.gateway.counters.retransmissions == 2)
    _ = bench.told()
    bench.wait(10_000)
    let told = bench.told()
    let notices = bench.notices()
    let held = bench.hub.messages.count
    #expect(told == ["closed lost"] && notices == [.deaf] && held == 0)
  }

  @Test func `a REGISTER is sent again as it was [SN 6.13]`() {
    var bench = Bench()
    bench.connect("node")
    bench.deliver("a/b", "1", to: bench.hub.link)
    bench.wait(10_000)
    let sent = bench.sent()
    #expect(sent == [wire("0A 00 01 00 01 'a/b'"), wire("0A 00 01 00 01 'a/b'")])
  }

  @Test func `a retry registers again what the node has forgotten meanwhile`() {
    var bench = Bench()
    bench.connect("node")
    bench.feed(wire("0A 00 00 00 01 'a/b'"))
    bench.deliver("a/b", "1", to: bench.hub.link, qos: .atLeastOnce, id: 7)
    // An error about another PUBLISH on the same topic, at QoS 0.
    bench.feed(wire("0D 00 01 00 00 02"))
    _ = bench.sent()
    bench.wait(10_000)
    let register = bench.sent()
    #expect(register == [wire("0A 00 01 00 01 'a/b'")])
    bench.feed(wire("0B 00 01 00 01 00"))
    let publish = bench.sent()
    #expect(publish == [wire("0C A0 00 01 00 07 '1'")])
    bench.feed(wire("0D 00 01 00 07 00"))
    let told = bench.told()
    let held = bench.hub.messages.count
    #expect(told.last == "acknowledged 7" && held == 0)
    let sent = bench.gateway.node(at: 0)?.counters.publishesSent
    #expect(sent == 1)
  }

  @Test func `an answer stops the retries`() {
    var bench = Bench()
    bench.connect("node")
    bench.deliver("xy", "1", to: bench.hub.link, qos: .atLeastOnce, id: 7)
    bench.wait(9000)
    bench.feed(wire("0D 'xy' 00 07 00"))
    bench.deliver("xy", "2", to: bench.hub.link, qos: .atLeastOnce, id: 8)
    _ = bench.sent()
    bench.wait(2000)
    let early = bench.sent()
    #expect(early.isEmpty)
    bench.wait(8000)
    let sent = bench.sent()
    #expect(sent == [wire("0C A2 'xy' 00 08 '2'")])
  }

  @Test func `the gateway is found [SN 6.1]`() {
    var bench = Bench { $0.gatewayID = 9 }
    bench.feed(wire("01 00"), from: 3)
    let stranger = bench.sent(to: 3)
    bench.connect("node")
    bench.feed(wire("01 00"))
    let node = bench.sent()
    #expect(stranger == [wire("02 09")] && node == [wire("02 09")])
    bench.wait(1_000_000)
    let silence = bench.everythingSent()
    #expect(silence.isEmpty)
  }

  @Test func `ADVERTISE comes every T_ADV when it is wanted [SN 6.1]`() {
    var bench = Bench {
      $0.gatewayID = 9
      $0.advertiseInterval = 900
    }
    bench.wait(0)
    bench.wait(899_999)
    let first = bench.everythingSent()
    #expect(first.map(\.bytes) == [wire("00 09 03 84")])
    #expect(first.map(\.to) == [.everybody])
    bench.wait(1)
    let second = bench.everythingSent()
    #expect(second.count == 1)
    // Other gateways' broadcasts are nobody's business.
    bench.feed(wire("00 08 03 84"), from: 4)
    bench.feed(wire("02 08"), from: 4)
    let answers = bench.everythingSent()
    #expect(answers.isEmpty)
  }
}

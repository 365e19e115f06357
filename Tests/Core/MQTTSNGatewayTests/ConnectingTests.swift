import BrokerCore
import MQTTSNGateway
import SessionLink
import Testing

@Suite struct ConnectingTests {
  @Test func `a node connects [SN 6.2]`() {
    var bench = Bench()
    bench.feed(wire("04 04 01 00 3C 'node'"))
    let told = bench.told()
    let sent = bench.sent()
    let notices = bench.notices()
    #expect(told == ["open node clean"])
    #expect(sent == [wire("05 00")])
    #expect(notices == [.connected])
    let state = bench.gateway.node(at: 0)?.state
    #expect(state == .active)
  }

  @Test func `the will dialogue ends in a session with a will [SN 6.2]`() {
    var bench = Bench()
    bench.feed(wire("04 08 01 00 3C 'node'"))
    let first = bench.sent()
    #expect(first == [wire("06")])
    bench.feed(wire("07 30 'gone'"))
    let second = bench.sent()
    #expect(second == [wire("08")])
    bench.feed(wire("09 'bye'"))
    let last = bench.sent()
    #expect(last == [wire("05 00")])
    let told = bench.told()
    #expect(told == ["open node will gone=bye q1 retained"])
  }

  @Test func `an empty will topic in the dialogue means no will [SN 6.2]`() {
    var bench = Bench()
    bench.feed(wire("04 0C 01 00 3C 'node'"))
    bench.feed(wire("07"))
    let sent = bench.sent()
    let told = bench.told()
    #expect(sent == [wire("06"), wire("05 00")])
    #expect(told == ["open node clean"])
  }

  @Test func `every repeated step of the dialogue gets its answer again [SN 6.13]`() {
    var bench = Bench()
    let connect = wire("04 08 01 00 3C 'node'")
    bench.feed(connect)
    bench.feed(connect)
    let asked = bench.sent()
    #expect(asked == [wire("06"), wire("06")])
    bench.feed(wire("07 00 'gone'"))
    bench.feed(wire("07 00 'gone'"))
    let askedAgain = bench.sent()
    #expect(askedAgain == [wire("08"), wire("08")])
    bench.feed(wire("09 'bye'"))
    bench.feed(wire("09 'bye'"))
    let accepted = bench.sent()
    let told = bench.told()
    #expect(accepted == [wire("05 00"), wire("05 00")])
    #expect(told.count == 1)
  }

  @Test func `a repeated CONNECT gets its CONNACK again and nothing else happens [SN 6.2]`() {
    var bench = Bench()
    bench.feed(wire("04 04 01 00 3C 'node'"))
    bench.feed(wire("04 04 01 00 3C 'node'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["open node clean"])
    #expect(sent == [wire("05 00"), wire("05 00")])
  }

  @Test func `a client that was reset gets a new session and its ids are gone [SN 6.2]`() {
    var bench = Bench()
    bench.connect("node")
    bench.feed(wire("0A 00 00 00 01 'a/b'"))
    let first = bench.hub.link
    bench.feed(wire("04 04 01 00 00 'node'"))
    let told = bench.told()
    #expect(told == ["open node clean", "open node clean", "closed lost"])
    let sent = bench.sent()
    #expect(sent.last == wire("05 00"))
    let second = bench.hub.link
    let isKnown = bench.links.contains(first)
    #expect(first != second && !isKnown)
    bench.feed(wire("0C 00 00 01 00 00 '21'"))
    let refused = bench.sent()
    #expect(refused == [wire("0D 00 01 00 00 02")])
  }

  @Test func `another client at an address replaces the one before [SN 6.2]`() {
    var bench = Bench()
    bench.connect("old")
    bench.feed(wire("0A 00 00 00 01 'old/topic'"))
    _ = bench.everythingSent()
    bench.feed(wire("04 00 01 00 3C 'new'"))
    let told = bench.told()
    let sent = bench.sent()
    let notices = bench.notices()
    #expect(told == ["open old clean", "open new", "closed lost"])
    #expect(sent == [wire("05 00")])
    #expect(notices == [.replaced, .connected])
    let count = bench.links.count
    #expect(bench.gateway.nodeCount == 1 && count == 1)
    // The ids of the one before are not the new one's.
    bench.feed(wire("0C 00 00 01 00 00 '21'"))
    let refused = bench.sent()
    #expect(refused == [wire("0D 00 01 00 00 02")])
  }

  @Test func `the same client from another address takes its session over [SN 6.2]`() {
    var bench = Bench(
      Broker(limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1))
    bench.connect("node", from: 1, isClean: false)
    bench.feed(wire("04 00 01 00 00 'node'"), from: 2)
    let everything = bench.everythingSent()
    let old = everything.filter { $0.to == .node(Bench<Broker>.address(1)) }.map(\.bytes)
    let new = everything.filter { $0.to == .node(Bench<Broker>.address(2)) }.map(\.bytes)
    #expect(old == [wire("18")])
    #expect(new == [wire("05 00")])
    let notices = bench.notices()
    #expect(notices == [.ejected, .connected])
    let clients = bench.hub.connectedClients
    #expect(bench.gateway.nodeCount == 1 && clients == 1)
  }

  @Test(arguments: [
    (wire("04 04 02 00 3C 'node'"), UInt8(3)),
    (wire("04 04 01 00 3C '" + String(repeating: "x", count: 256) + "'"), UInt8(3)),
  ])
  func `a bad protocol or client identifier is refused [SN 5.3.10]`(
    datagram: [UInt8], code: UInt8
  ) {
    var bench = Bench()
    bench.feed(datagram)
    let sent = bench.sent()
    let told = bench.told()
    #expect(sent == [[3, 5, code]])
    #expect(told.isEmpty && bench.gateway.nodeCount == 0)
  }

  @Test(arguments: [
    (Refusal.quotaExceeded, UInt8(1)), (.notAuthorized, 3), (.clientIdentifierNotValid, 3),
  ])
  func `the hub's refusal reaches the node [SN 5.3.10]`(refusal: Refusal, code: UInt8) {
    var bench = Bench()
    bench.hub.refusal = refusal
    bench.feed(wire("04 04 01 00 3C 'node'"))
    let sent = bench.sent()
    let links = bench.links.count
    #expect(sent == [[3, 5, code]])
    #expect(bench.gateway.nodeCount == 0 && links == 0)
  }

  @Test func `a will topic with a wildcard is refused`() {
    var bench = Bench()
    bench.feed(wire("04 0C 01 00 3C 'node'"))
    bench.feed(wire("07 00 'gone/#'"))
    let sent = bench.sent()
    #expect(sent == [wire("06"), wire("05 03")])
    #expect(bench.gateway.nodeCount == 0)
  }

  @Test func `more nodes than the limit hear of congestion [SN 7.13]`() {
    var bench = Bench { $0.limits.nodes = 2 }
    for number in 1...3 {
      bench.feed(wire("04 04 01 00 3C 'node\(number)'"), from: UInt64(number))
    }
    let third = bench.sent(to: 3)
    #expect(third == [wire("05 01")])
    #expect(bench.gateway.nodeCount == 2)
  }

  @Test func `a half-done dialogue ends after all retries [SN 6.2]`() {
    var bench = Bench()
    bench.feed(wire("04 0C 01 00 3C 'node'"))
    bench.wait(49_999)
    let before = bench.gateway.nodeCount
    bench.wait(1)
    #expect(before == 1 && bench.gateway.nodeCount == 0)
    let told = bench.told()
    #expect(told.isEmpty)
  }

  @Test func `a hub that never answers does not keep the node for ever`() {
    var bench = Bench()
    bench.hub.answers = false
    bench.feed(wire("04 04 01 00 3C 'node'"))
    bench.wait(50_000)
    let sent = bench.sent()
    let told = bench.told()
    #expect(sent == [wire("05 01")])
    #expect(told == ["open node clean", "closed lost"])
    let links = bench.links.count
    #expect(bench.gateway.nodeCount == 0 && links == 0)
  }

  @Test func `a node that says goodbye is answered, again if need be [SN 6.12]`() {
    var bench = Bench()
    bench.connect("node")
    _ = bench.told()
    bench.feed(wire("18"))
    bench.feed(wire("18"))
    let sent = bench.sent()
    let told = bench.told()
    #expect(sent == [wire("18"), wire("18")])
    #expect(told == ["closed announced"])
    #expect(bench.gateway.nodeCount == 0)
  }

  @Test func `a stranger's goodbye is not answered, so that gateways do not greet for ever`() {
    var bench = Bench()
    bench.feed(wire("18"))
    let sent = bench.sent()
    #expect(sent.isEmpty)
  }

  @Test func `strangers learn that they have to connect, a few a second [SN 7.10]`() {
    var bench = Bench { $0.limits.strangersPerSecond = 3 }
    for number in 1...5 { bench.feed(wire("16"), from: UInt64(number)) }
    let first = bench.everythingSent()
    #expect(first.map(\.bytes) == [wire("18"), wire("18"), wire("18")])
    bench.wait(1000)
    bench.feed(wire("16"), from: 9)
    let later = bench.sent(to: 9)
    #expect(later == [wire("18")])
    #expect(bench.gateway.counters.strangers == 6)
  }
}

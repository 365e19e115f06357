import SessionLink
import Testing

@Suite struct SubscribingTests {
  private func bench() -> Bench<ScriptedHub> {
    var bench = Bench()
    bench.gateway.predefinedTopics.append(
      id: 5, name: Array("common".utf8).span, clientID: Span())
    bench.connect("node")
    _ = bench.told()
    return bench
  }

  @Test func `a plain name gets an id, a wildcard gets 0 [SN 5.4.16]`() {
    var bench = bench()
    bench.feed(wire("12 20 00 01 'a/b'"))
    bench.feed(wire("12 00 00 02 'a/#'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["subscribe a/b q1", "subscribe a/# q0"])
    #expect(sent == [wire("13 20 00 01 00 01 00"), wire("13 00 00 00 00 02 00")])
  }

  @Test func `pre-defined and short topics [SN 5.4.16]`() {
    var bench = bench()
    bench.feed(wire("12 21 00 01 00 05"))
    bench.feed(wire("12 22 00 02 'xy'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["subscribe common q1", "subscribe xy q1"])
    #expect(sent == [wire("13 20 00 05 00 01 00"), wire("13 20 00 00 00 02 00")])
  }

  @Test func `a pre-defined id does not make the normal id of that number known`() {
    var bench = bench()
    bench.feed(wire("12 21 00 01 00 05"))
    _ = bench.sent()
    bench.deliver("common", "x", to: bench.hub.link)
    let sent = bench.sent()
    #expect(sent == [wire("0C 01 00 05 00 00 'x'")])
  }

  @Test(arguments: [
    ("12 21 00 01 00 09", UInt8(2)), ("12 23 00 01 'ab'", 3), ("12 20 00 01", 3),
    ("12 21 00 01 00", 3), ("12 22 00 01 'a'", 3),
  ])
  func `what cannot be granted is refused, never passed over [SN 7.6]`(words: String, code: UInt8) {
    var bench = bench()
    bench.feed(wire(words))
    let sent = bench.sent()
    let told = bench.told()
    #expect(told.isEmpty)
    #expect(sent == [[8, 0x13, 0, 0, 0, 0, 1, code]])
  }

  @Test func `a filter that the hub refuses is refused [SN 7.6]`() {
    var bench = bench()
    bench.hub.grant = .failure
    bench.feed(wire("12 20 00 01 'a/#/b'"))
    let sent = bench.sent()
    #expect(sent == [wire("13 00 00 00 00 01 03")])
  }

  @Test func `the granted QoS is told [SN 5.4.16]`() {
    var bench = bench()
    bench.hub.grant = .granted(.atMostOnce)
    bench.feed(wire("12 40 00 01 'a/b'"))
    let sent = bench.sent()
    #expect(sent == [wire("13 00 00 01 00 01 00")])
  }

  @Test func `a repeated SUBSCRIBE is answered alike [SN 7.6]`() {
    var bench = bench()
    bench.feed(wire("12 20 00 01 'a/b'"))
    bench.feed(wire("12 A0 00 01 'a/b'"))
    let sent = bench.sent()
    #expect(sent == [wire("13 20 00 01 00 01 00"), wire("13 20 00 01 00 01 00")])
  }

  @Test func `UNSUBSCRIBE is always answered [SN 7.7]`() {
    var bench = bench()
    bench.feed(wire("14 00 00 01 'a/b'"))
    bench.feed(wire("14 01 00 02 00 05"))
    bench.feed(wire("14 02 00 03 'xy'"))
    bench.feed(wire("14 01 00 04 00 09"))
    bench.feed(wire("14 00 00 05"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["unsubscribe a/b", "unsubscribe common", "unsubscribe xy"])
    #expect(sent == (1...5).map { [4, 0x15, 0, $0] })
  }
}

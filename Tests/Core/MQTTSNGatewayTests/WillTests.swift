import BrokerCore
import MQTTSNGateway
import SessionLink
import Testing

/// The will of node 1, as node 2 sees it [SN 6.3, 6.4].
@Suite struct WillTests {
  private func bench(isClean: Bool = true) -> Bench<Broker> {
    let broker = Broker(
      limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1)
    var bench = Bench(broker)
    bench.connect("watcher", from: 2)
    bench.feed(wire("12 02 00 01 'wt'"), from: 2)
    bench.feed(wire("12 02 00 01 'w2'"), from: 2)
    bench.feed(wire("04 \(isClean ? "0C" : "08") 01 00 0A 'node'"))
    bench.feed(wire("07 00 'wt'"))
    bench.feed(wire("09 'gone'"))
    _ = bench.everythingSent()
    return bench
  }

  @Test func `an update of topic and message takes effect [SN 6.4]`() {
    var bench = bench()
    bench.feed(wire("1A 00 'w2'"))
    bench.feed(wire("1C 'over'"))
    let answers = bench.sent()
    #expect(answers == [wire("1B 00"), wire("1D 00")])
    bench.wait(15_000)
    let sent = bench.sent(to: 2)
    #expect(sent == [wire("0C 02 'w2' 00 00 'over'")])
  }

  @Test func `an empty WILLTOPICUPD deletes the will [SN 5.4.22]`() {
    var bench = bench()
    bench.feed(wire("1A"))
    let answers = bench.sent()
    #expect(answers == [wire("1B 00")])
    bench.wait(15_000)
    let sent = bench.sent(to: 2)
    #expect(sent == [])
  }

  @Test func `a message without a topic is no will, a topic with a wildcard neither`() {
    var bench = bench()
    bench.feed(wire("1A"))
    bench.feed(wire("1C 'over'"))
    bench.feed(wire("1A 00 'a/#'"))
    let answers = bench.sent()
    #expect(answers == [wire("1B 00"), wire("1D 03"), wire("1B 03")])
  }

  @Test func `the will of a kept session is kept with it [SN 6.3]`() {
    var bench = bench(isClean: false)
    bench.feed(wire("18"))
    bench.feed(wire("04 00 01 00 0A 'node'"))
    bench.wait(15_000)
    bench.feed(wire("04 00 01 00 0A 'node'"))
    bench.wait(15_000)
    let sent = bench.sent(to: 2)
    #expect(sent == [wire("0C 02 'wt' 00 00 'gone'"), wire("0C 02 'wt' 00 00 'gone'")])
  }

  @Test func `CleanSession forgets it [SN 6.3]`() {
    var bench = bench(isClean: false)
    bench.feed(wire("18"))
    bench.feed(wire("04 04 01 00 0A 'node'"))
    bench.wait(15_000)
    let sent = bench.sent(to: 2)
    #expect(sent == [])
  }
}

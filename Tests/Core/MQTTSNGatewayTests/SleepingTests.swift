import BrokerCore
import MQTTSNGateway
import SessionLink
import Testing

/// Nodes that sleep, with a broker behind the gateway: node 1 sleeps, node 2 is the rest of the world.
@Suite struct SleepingTests {
  private func bench(_ adjust: (inout GatewayOptions) -> Void = { _ in }) -> Bench<Broker> {
    let broker = Broker(
      limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1)
    var bench = Bench(broker, adjust)
    bench.connect("world", from: 2)
    bench.connect("node", duration: 60)
    bench.feed(wire("12 22 00 01 'xy'"))
    bench.feed(wire("18 00 3C"))
    let sent = bench.sent()
    #expect(sent == [wire("13 20 00 00 00 01 00"), wire("18")])
    _ = bench.notices()
    return bench
  }

  private let wakeUp = wire("16 'node'")

  @Test func `what comes meanwhile waits, and PINGRESP comes last [SN 6.14]`() {
    var bench = bench()
    bench.feed(wire("0C 02 'xy' 00 00 'a'"), from: 2)
    bench.feed(wire("0C 22 'xy' 00 07 'b'"), from: 2)
    let asleep = bench.sent()
    #expect(asleep == [])
    bench.feed(wakeUp)
    let awake = bench.sent()
    #expect(awake == [wire("0C 02 'xy' 00 00 'a'"), wire("0C 22 'xy' 00 01 'b'")])
    bench.feed(wire("0D 'xy' 00 01 00"))
    let done = bench.sent()
    #expect(done == [wire("17")])
    bench.feed(wire("0C 02 'xy' 00 00 'c'"), from: 2)
    let again = bench.sent()
    #expect(again == [])
  }

  @Test func `nothing waits, PINGRESP comes at once, and the timer starts again [SN 6.14]`() {
    var bench = bench()
    bench.wait(80_000)
    bench.feed(wakeUp)
    let sent = bench.sent()
    #expect(sent == [wire("17")])
    bench.wait(89_999)
    let before = bench.gateway.nodeCount
    bench.wait(1)
    #expect(before == 2 && bench.gateway.nodeCount == 1)
  }

  @Test func `a name that the sleeper does not know is registered before PINGRESP [SN 6.14]`() {
    var bench = bench()
    bench.feed(wakeUp)
    bench.feed(wire("04 04 01 00 3C 'node'"))
    bench.feed(wire("12 20 00 02 'a/#'"))
    bench.feed(wire("18 00 3C"))
    bench.feed(wire("0A 00 00 00 01 'a/b'"), from: 2)
    bench.feed(wire("0C 00 00 01 00 00 '1'"), from: 2)
    _ = bench.sent()
    bench.feed(wakeUp)
    let first = bench.sent()
    #expect(first == [wire("0A 00 01 00 01 'a/b'")])
    bench.feed(wire("0B 00 01 00 01 00"))
    let rest = bench.sent()
    #expect(rest == [wire("0C 00 00 01 00 00 '1'"), wire("17")])
  }

  @Test func `CONNECT from sleep is no new session: what waited comes [SN 6.14]`() {
    var bench = bench()
    bench.feed(wire("0C 22 'xy' 00 07 'b'"), from: 2)
    bench.feed(wire("04 04 01 00 3C 'node'"))
    let sent = bench.sent()
    #expect(sent == [wire("05 00"), wire("0C 22 'xy' 00 01 'b'")])
  }

  @Test func `a sleeper that comes from elsewhere is found by its name`() {
    var bench = bench()
    bench.feed(wire("0C 22 'xy' 00 07 'b'"), from: 2)
    bench.feed(wakeUp, from: 9)
    let there = bench.sent(to: 9)
    #expect(there == [wire("0C 22 'xy' 00 01 'b'")])
    bench.feed(wire("0D 'xy' 00 01 00"), from: 9)
    bench.feed(wire("16"))
    let everything = bench.everythingSent()
    // The old address is a stranger's now.
    #expect(everything.map(\.bytes) == [wire("17"), wire("18")])
  }

  @Test func `nobody is moved by a name who does not sleep`() {
    var bench = bench()
    bench.feed(wire("16 'world'"), from: 9)
    let answer = bench.sent(to: 9)
    #expect(answer == [wire("18")] && bench.gateway.nodeCount == 2)
  }

  @Test func `a sleeper that does not come back is late first, then lost with its will`() {
    var bench = bench()
    bench.wait(60_000)
    let late = bench.notices()
    #expect(late == [.late] && bench.gateway.counters.lateWakers == 1)
    let state = bench.gateway.node(at: 1)?.state
    #expect(state == .late)
    bench.wait(30_000)
    let lost = bench.notices()
    #expect(lost == [.silent])
  }

  @Test func `the oldest of too many goes`() {
    var bench = bench { $0.nodeQueueMessages = 2 }
    for payload in ["a", "b", "c"] { bench.feed(wire("0C 02 'xy' 00 00 '\(payload)'"), from: 2) }
    bench.feed(wakeUp)
    let sent = bench.sent()
    #expect(
      sent == [wire("0C 02 'xy' 00 00 'b'"), wire("0C 02 'xy' 00 00 'c'"), wire("17")])
    let dropped = bench.hub.statistics.publishesDropped
    #expect(dropped == 1)
  }

  @Test func `only the newest of a topic waits, where that is wanted`() {
    var bench = bench { $0.nodeQueuePolicy = .newestPerTopic }
    for payload in ["a", "b", "c"] { bench.feed(wire("0C 02 'xy' 00 00 '\(payload)'"), from: 2) }
    bench.feed(wakeUp)
    let sent = bench.sent()
    #expect(sent == [wire("0C 02 'xy' 00 00 'c'"), wire("17")])
  }

  @Test func `one that does not answer while it is awake sleeps on and gets it next time`() {
    var bench = bench {
      $0.retryLimit = 1
      $0.retryInterval = 1000
    }
    bench.feed(wire("0C 22 'xy' 00 07 'b'"), from: 2)
    bench.feed(wakeUp)
    bench.wait(1000)
    bench.wait(1000)
    let first = bench.sent()
    #expect(first == [wire("0C 22 'xy' 00 01 'b'"), wire("0C A2 'xy' 00 01 'b'")])
    bench.feed(wakeUp)
    let second = bench.sent()
    #expect(second == [wire("0C A2 'xy' 00 01 'b'")])
    bench.feed(wire("0D 'xy' 00 01 00"))
    let end = bench.sent()
    #expect(end == [wire("17")])
  }

  @Test func `a repeated PINGREQ has the missing message sent again`() {
    var bench = bench()
    bench.feed(wire("0C 22 'xy' 00 07 'b'"), from: 2)
    bench.feed(wakeUp)
    bench.feed(wakeUp)
    let sent = bench.sent()
    #expect(sent == [wire("0C 22 'xy' 00 01 'b'"), wire("0C A2 'xy' 00 01 'b'")])
  }

  @Test func `a new duration while asleep, and goodbye from sleep`() {
    var bench = bench()
    bench.feed(wire("18 00 0A"))
    bench.wait(14_999)
    let before = bench.gateway.nodeCount
    bench.feed(wire("18"))
    let sent = bench.sent()
    #expect(before == 2 && sent == [wire("18"), wire("18")] && bench.gateway.nodeCount == 1)
  }
}

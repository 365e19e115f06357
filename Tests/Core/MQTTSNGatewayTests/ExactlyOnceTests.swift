import BrokerCore
import MQTTSNGateway
import SessionLink
import Testing

/// QoS 2 between node 1 and the rest of the world, node 2 [SN 6.6].
@Suite struct ExactlyOnceTests {
  private func bench(_ adjust: (inout GatewayOptions) -> Void = { _ in }) -> Bench<Broker> {
    let broker = Broker(
      limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1)
    var bench = Bench(broker, adjust)
    bench.connect("node")
    bench.connect("world", from: 2)
    bench.feed(wire("12 42 00 01 'xy'"))
    bench.feed(wire("12 42 00 01 'zz'"), from: 2)
    _ = bench.everythingSent()
    return bench
  }

  @Test func `a message that a node repeats is delivered once`() {
    var bench = bench()
    let publish = wire("0C 42 'zz' 00 07 'a'")
    bench.feed(publish)
    bench.feed([publish[0], publish[1], 0xC2] + publish[3...])
    let answers = bench.sent()
    let delivered = bench.sent(to: 2)
    #expect(answers == [wire("0F 00 07"), wire("0F 00 07")] && delivered == [])
  }

  @Test func `PUBREL is answered, known or not`() {
    var bench = bench()
    bench.feed(wire("0C 42 'zz' 00 07 'a'"))
    bench.feed(wire("10 00 07"))
    bench.feed(wire("10 00 07"))
    bench.feed(wire("10 12 34"))
    let sent = bench.everythingSent()
    #expect(
      sent.filter { $0.to == .node(Bench<Broker>.address(1)) }.map(\.bytes) == [
        wire("0F 00 07"), wire("0E 00 07"), wire("0E 00 07"), wire("0E 12 34"),
      ])
    #expect(
      sent.filter { $0.to == .node(Bench<Broker>.address(2)) }.map(\.bytes) == [
        wire("0C 42 'zz' 00 01 'a'")
      ])
  }

  @Test func `PUBLISH, PUBREC, PUBREL, PUBCOMP toward a node, one message at a time`() {
    var bench = bench()
    bench.feed(wire("0C 42 'xy' 00 07 'a'"), from: 2)
    bench.feed(wire("0C 42 'xy' 00 08 'b'"), from: 2)
    let first = bench.sent()
    #expect(first == [wire("0C 42 'xy' 00 01 'a'")])
    bench.feed(wire("0F 00 01"))
    bench.wait(10_000)
    let release = bench.sent()
    #expect(release == [wire("10 00 01"), wire("10 00 01")])
    bench.feed(wire("0E 00 01"))
    let second = bench.sent()
    #expect(second == [wire("0C 42 'xy' 00 02 'b'")])
    bench.wait(10_000)
    let repeated = bench.sent()
    #expect(repeated == [wire("0C C2 'xy' 00 02 'b'")])
  }

  @Test func `several may be on their way where that is wanted, in their order`() {
    var bench = bench { $0.nodeInflightMessages = 2 }
    for id in ["07", "08", "09"] { bench.feed(wire("0C 22 'xy' 00 \(id) '\(id)'"), from: 2) }
    let first = bench.sent()
    #expect(first == [wire("0C 22 'xy' 00 01 '07'"), wire("0C 22 'xy' 00 02 '08'")])
    bench.feed(wire("0D 'xy' 00 02 00"))
    bench.feed(wire("0D 'xy' 00 01 00"))
    let then = bench.sent()
    #expect(then == [wire("0C 22 'xy' 00 03 '09'")])
    let held = bench.hub.messages.count
    #expect(held == 1)
  }

  @Test func `a refused QoS 2 message is given up`() {
    var bench = bench()
    bench.feed(wire("0C 42 'xy' 00 07 'a'"), from: 2)
    bench.feed(wire("0D 'xy' 00 01 03"))
    bench.feed(wire("0C 42 'xy' 00 08 'b'"), from: 2)
    let sent = bench.sent()
    #expect(sent == [wire("0C 42 'xy' 00 01 'a'"), wire("0C 42 'xy' 00 02 'b'")])
  }
}

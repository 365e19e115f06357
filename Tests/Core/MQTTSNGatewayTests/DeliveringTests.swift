import MQTTSNGateway
import SessionLink
import Testing

@Suite struct DeliveringTests {
  private func bench(_ adjust: (inout GatewayOptions) -> Void = { _ in }) -> Bench<ScriptedHub> {
    var bench = Bench(adjust)
    bench.connect("node")
    _ = bench.told()
    return bench
  }

  @Test func `a name that the node does not know is registered first [SN 6.10]`() {
    var bench = bench()
    bench.deliver("a/b", "21", to: bench.hub.link)
    let first = bench.sent()
    #expect(first == [wire("0A 00 01 00 01 'a/b'")])
    bench.feed(wire("0B 00 01 00 01 00"))
    let second = bench.sent()
    #expect(second == [wire("0C 00 00 01 00 00 '21'")])
    bench.deliver("a/b", "22", to: bench.hub.link, flags: .retained)
    let third = bench.sent()
    #expect(third == [wire("0C 10 00 01 00 00 '22'")])
    let held = bench.hub.messages.count
    #expect(held == 0)
  }

  @Test func `a short name and a pre-defined one need no REGISTER [SN 5.3.11]`() {
    var bench = bench()
    bench.gateway.predefinedTopics.append(
      id: 5, name: Array("common".utf8).span, clientID: Span())
    bench.deliver("xy", "1", to: bench.hub.link)
    bench.deliver("common", "2", to: bench.hub.link)
    let sent = bench.sent()
    #expect(sent == [wire("0C 02 'xy' 00 00 '1'"), wire("0C 01 00 05 00 00 '2'")])
  }

  @Test func `deliveries keep their order while a REGISTER waits`() {
    var bench = bench()
    bench.deliver("a/b", "1", to: bench.hub.link)
    bench.deliver("xy", "2", to: bench.hub.link)
    bench.deliver("a/b", "3", to: bench.hub.link)
    let first = bench.sent()
    #expect(first == [wire("0A 00 01 00 01 'a/b'")])
    bench.feed(wire("0B 00 01 00 01 00"))
    let then = bench.sent()
    #expect(
      then == [
        wire("0C 00 00 01 00 00 '1'"), wire("0C 02 'xy' 00 00 '2'"),
        wire("0C 00 00 01 00 00 '3'"),
      ])
  }

  @Test func `QoS 1 carries the hub's identifier and is acknowledged [SN 6.6]`() {
    var bench = bench()
    bench.deliver("xy", "1", to: bench.hub.link, qos: .atLeastOnce, id: 4660)
    let sent = bench.sent()
    #expect(sent == [wire("0C 22 'xy' 12 34 '1'")])
    // A PUBACK for something else changes nothing.
    bench.feed(wire("0D 'xy' 12 35 00"))
    let early = bench.told()
    #expect(early.isEmpty)
    bench.feed(wire("0D 'xy' 12 34 00"))
    let told = bench.told()
    let held = bench.hub.messages.count
    #expect(told == ["acknowledged 4660"])
    #expect(held == 0)
  }

  @Test func `QoS 0 does not wait for a PUBACK`() {
    var bench = bench()
    bench.deliver("xy", "1", to: bench.hub.link, qos: .atLeastOnce, id: 1)
    bench.deliver("xy", "2", to: bench.hub.link)
    let sent = bench.sent()
    #expect(sent == [wire("0C 22 'xy' 00 01 '1'"), wire("0C 02 'xy' 00 00 '2'")])
  }

  @Test func `a REGACK with an error drops the PUBLISH and keeps the session [SN 7.3]`() {
    var bench = bench()
    bench.deliver("a/b", "1", to: bench.hub.link, qos: .atLeastOnce, id: 1)
    bench.feed(wire("0B 00 01 00 01 03"))
    bench.feed(wire("16"))
    let sent = bench.sent()
    let told = bench.told()
    let held = bench.hub.messages.count
    #expect(sent == [wire("0A 00 01 00 01 'a/b'"), wire("17")])
    #expect(told == ["discarded 1"])
    #expect(held == 0 && bench.gateway.counters.deliveriesDropped == 1)
  }

  @Test func `a node that has forgotten an id is told again, once [SN 6.6]`() {
    var bench = bench()
    bench.feed(wire("0A 00 00 00 01 'a/b'"))
    _ = bench.sent()
    bench.deliver("a/b", "1", to: bench.hub.link, qos: .atLeastOnce, id: 1)
    bench.feed(wire("0D 00 01 00 01 02"))
    bench.feed(wire("0B 00 01 00 01 00"))
    let sent = bench.sent()
    #expect(
      sent == [
        wire("0C 20 00 01 00 01 '1'"), wire("0A 00 01 00 01 'a/b'"),
        wire("0C 20 00 01 00 01 '1'"),
      ])
    bench.feed(wire("0D 00 01 00 01 02"))
    let told = bench.told()
    let held = bench.hub.messages.count
    #expect(told == ["discarded 1"] && held == 0)
  }

  @Test func `what waits for a node is bounded and what is too much is counted`() {
    var bench = bench { $0.limits.pendingPerNode = 3 }
    for number in 1...5 { bench.deliver("a/b", "\(number)", to: bench.hub.link) }
    let node = bench.gateway.node(at: 0)
    let held = bench.hub.messages.count
    #expect(node?.pending == 3 && node?.counters.deliveriesDropped == 2 && held == 3)
    let notices = bench.notices()
    #expect(notices == [.dropping])
    bench.feed(wire("0B 00 01 00 01 00"))
    let payloads = bench.sent().suffix(3).map { $0.last }
    #expect(payloads == [0x31, 0x32, 0x33])
  }

  @Test func `without a free id the message is dropped and the hub goes on`() {
    var bench = bench { $0.limits.topicsPerNode = 0 }
    bench.deliver("a/b", "1", to: bench.hub.link, qos: .atLeastOnce, id: 1)
    let told = bench.told()
    let held = bench.hub.messages.count
    #expect(told == ["discarded 1"] && held == 0)
  }

  @Test func `what a line cannot carry is dropped and the node stays`() {
    var bench = bench()
    bench.gateway.setMaximumDatagram(60, ofLine: 0)
    let payload = String(repeating: "p", count: 60)
    bench.deliver("xy", payload, to: bench.hub.link, qos: .atLeastOnce, id: 1)
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["discarded 1"] && sent.isEmpty)
  }

  @Test func `a node that leaves gives back all it holds`() {
    var bench = bench()
    bench.deliver("xy", "1", to: bench.hub.link, qos: .atLeastOnce, id: 1)
    bench.deliver("a/b", "2", to: bench.hub.link)
    bench.deliver("a/b", "3", to: bench.hub.link)
    let before = bench.hub.messages.count
    bench.feed(wire("18"))
    let after = bench.hub.messages.count
    #expect(before == 3 && after == 0)
  }

  @Test func `a late command does not reach the next node in the slot`() {
    var bench = bench()
    let old = bench.hub.link
    bench.feed(wire("18"))
    bench.connect("next", from: 2)
    bench.deliver("xy", "1", to: old)
    bench.perform(.close(old, .takenOver))
    let sent = bench.everythingSent()
    #expect(sent.isEmpty && bench.gateway.nodeCount == 1)
  }
}

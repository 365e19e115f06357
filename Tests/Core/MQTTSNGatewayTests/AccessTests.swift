import BrokerCore
import MQTTSNGateway
import SessionLink
import Slabs
import Testing

/// Rules that allow everything but one thing on one topic, and note who asked.
private final class Denial: AccessRules {
  private let access: Access
  private let topic: String

  init(_ access: Access, _ topic: String = "xy") {
    self.access = access
    self.topic = topic
  }

  func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
    access != self.access || !isSameName(topic, Array(self.topic.utf8).span)
  }
}

/// Rules that only the user "garden" passes.
private final class GardenOnly: AccessRules {
  func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
    guard let name = peer.userName else { return false }
    return isSameName(name, Array("garden".utf8).span)
  }
}

/// What nodes may do, and who they are.
@Suite struct AccessTests {
  private func bench(_ rules: any AccessRules) -> Bench<Broker> {
    let policy = AccessPolicy(allowsAnonymous: true, rules: rules)
    return Bench(Broker(limits: BrokerLimits(), policy: policy, seed: 1))
  }

  private func list(
    _ bench: inout Bench<Broker>, _ place: KnownNodes.Place = .anywhere,
    unlisted: KnownNodes.Unlisted = .anonymous
  ) {
    bench.gateway.knownNodes.append(
      clientID: Array("node".utf8).span, userName: Array("garden".utf8).span, place: place)
    bench.gateway.knownNodes.unlisted = unlisted
  }

  private let connect = wire("04 04 01 00 3C 'node'")

  @Test func `a node that may not connect hears 03`() {
    var bench = bench(Denial(.connect, ""))
    bench.feed(connect)
    let sent = bench.sent()
    #expect(sent == [wire("05 03")])
  }

  @Test func `a node that may not publish hears 03 at any QoS`() {
    var bench = bench(Denial(.publish))
    bench.connect("node")
    bench.feed(wire("0C 02 'xy' 00 00 '1'"))
    bench.feed(wire("0C 22 'xy' 00 07 '1'"))
    bench.feed(wire("0C 42 'xy' 00 08 '1'"))
    let sent = bench.sent()
    #expect(
      sent == [wire("0D 'xy' 00 00 03"), wire("0D 'xy' 00 07 03"), wire("0D 'xy' 00 08 03")])
  }

  @Test func `a node that may not subscribe hears 03`() {
    var bench = bench(Denial(.subscribe))
    bench.connect("node")
    bench.feed(wire("12 02 00 01 'xy'"))
    let sent = bench.sent()
    #expect(sent == [wire("13 00 00 00 00 01 03")])
  }

  @Test func `a node does not get what it may not receive`() {
    var bench = bench(Denial(.receive))
    bench.connect("node")
    bench.connect("world", from: 2)
    bench.feed(wire("12 02 00 01 'xy'"))
    bench.feed(wire("0C 02 'xy' 00 00 '1'"), from: 2)
    let sent = bench.sent()
    #expect(sent == [wire("13 00 00 00 00 01 00")])
  }

  @Test func `QoS -1 that is not allowed is passed over in silence`() {
    var bench = bench(Denial(.publish))
    bench.connect("world", from: 2)
    bench.feed(wire("12 02 00 01 'xy'"), from: 2)
    _ = bench.everythingSent()
    bench.feed(wire("0C 62 'xy' 00 00 '1'"))
    let sent = bench.everythingSent()
    #expect(sent.isEmpty)
  }

  @Test func `a listed node has a user name, others are nobody`() {
    var bench = bench(GardenOnly())
    list(&bench)
    bench.feed(connect)
    bench.feed(wire("04 04 01 00 3C 'other'"), from: 2)
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("05 00"), wire("05 03")])
  }

  @Test func `a listed node gets in where anonymous clients do not`() {
    let policy = AccessPolicy(allowsAnonymous: false)
    var bench = Bench(Broker(limits: BrokerLimits(), policy: policy, seed: 1))
    list(&bench)
    bench.feed(connect)
    bench.feed(wire("04 04 01 00 3C 'other'"), from: 2)
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("05 00"), wire("05 03")])
  }

  @Test func `unlisted nodes are allowed or refused, whatever anonymous clients are`() {
    let policy = AccessPolicy(allowsAnonymous: false)
    var bench = Bench(Broker(limits: BrokerLimits(), policy: policy, seed: 1))
    list(&bench, unlisted: .allowed)
    bench.feed(wire("04 04 01 00 3C 'other'"), from: 2)
    bench.gateway.knownNodes.unlisted = .refused
    bench.feed(wire("04 04 01 00 3C 'more'"), from: 3)
    let sent = bench.everythingSent()
    let notices = bench.notices()
    #expect(sent.map(\.bytes) == [wire("05 00"), wire("05 03")])
    #expect(notices == [.connected, .unlisted])
  }

  @Test func `a node that has its place gets in there alone`() {
    var bench = bench(Denial(.will))
    let mask = NodeAddress.Words(.max, 0, 0)
    list(&bench, .address(NodeAddress.Words(1, 0, 0), mask: mask))
    bench.feed(connect, from: 2)
    bench.feed(connect, from: 1)
    let sent = bench.everythingSent()
    let notices = bench.notices()
    #expect(sent.map(\.bytes) == [wire("05 03"), wire("05 00")])
    #expect(notices == [.misplaced, .connected])
  }

  @Test func `a sleeper with a place is not woken from elsewhere`() {
    var bench = bench(Denial(.will))
    let mask = NodeAddress.Words(.max, 0, 0)
    list(&bench, .address(NodeAddress.Words(1, 0, 0), mask: mask))
    bench.feed(connect)
    bench.feed(wire("18 00 3C"))
    _ = bench.sent()
    bench.feed(wire("16 'node'"), from: 9)
    let sent = bench.sent(to: 9)
    #expect(sent == [wire("18")])
  }

  @Test func `QoS -1 from the place of a node is that node's`() {
    var bench = bench(GardenOnly())
    let mask = NodeAddress.Words(.max, 0, 0)
    list(&bench, .address(NodeAddress.Words(1, 0, 0), mask: mask), unlisted: .allowed)
    bench.feed(connect)
    bench.feed(wire("12 02 00 01 'xy'"))
    _ = bench.everythingSent()
    bench.feed(wire("0C 62 'xy' 00 00 '1'"), from: 2)
    bench.feed(wire("0C 62 'xy' 00 00 '2'"), from: 1)
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("0C 02 'xy' 00 00 '2'")])
  }

  @Test func `QoS -1 of a connected node is its own, wherever it may be`() {
    var bench = bench(GardenOnly())
    list(&bench)
    bench.feed(connect)
    bench.feed(wire("12 02 00 01 'xy'"))
    _ = bench.everythingSent()
    bench.feed(wire("0C 62 'xy' 00 00 '1'"), from: 2)
    bench.feed(wire("0C 62 'xy' 00 00 '2'"), from: 1)
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("0C 02 'xy' 00 00 '2'")])
  }

  @Test func `QoS -1 from an address that is nobody's is refused with unlisted nodes`() {
    var bench = bench(Denial(.will))
    let mask = NodeAddress.Words(.max, 0, 0)
    list(&bench, .address(NodeAddress.Words(1, 0, 0), mask: mask), unlisted: .refused)
    bench.feed(connect)
    bench.feed(wire("12 02 00 01 'xy'"))
    _ = bench.everythingSent()
    bench.feed(wire("0C 62 'xy' 00 00 '1'"), from: 2)
    bench.feed(wire("0C 62 'xy' 00 00 '2'"), from: 1)
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("0C 02 'xy' 00 00 '2'")])
  }

  @Test func `refused messages without a connection are counted, and told once an address`() {
    var bench = bench(Denial(.will))
    list(&bench, unlisted: .refused)
    for number: UInt64 in [2, 2, 3] { bench.feed(wire("0C 62 'xy' 00 00 '1'"), from: number) }
    let notices = bench.notices()
    #expect(notices == [.unlisted, .unlisted])
    #expect(bench.gateway.counters.publishesRefused == 3)
  }

  @Test func `what strangers may not do fills no log`() {
    var bench = bench(Denial(.publish))
    for _ in 0..<2 {
      for _ in 0..<5000 { bench.feed(wire("0C 62 'xy' 00 00 '1'")) }
      bench.wait(1000)
    }
    var remarks = 0
    while bench.hub.nextRemark() != nil { remarks += 1 }
    // A hundred each second, and how many more there were in the first.
    #expect(remarks == 201 && bench.hub.statistics.refusals == 10_000)
  }

  @Test func `QoS -1 is of the first node in the list that has the place`() {
    var bench = bench(GardenOnly())
    let mask = NodeAddress.Words(.max, 0, 0)
    for (name, user) in [("all", "all"), ("node", "garden"), ("late", "late")] {
      let place: KnownNodes.Place =
        name == "all" ? .anywhere : .address(NodeAddress.Words(1, 0, 0), mask: mask)
      bench.gateway.knownNodes.append(
        clientID: Array(name.utf8).span, userName: Array(user.utf8).span, place: place)
    }
    bench.gateway.knownNodes.append(
      clientID: Array("line".utf8).span, userName: Array("line".utf8).span, place: .line(0))
    bench.feed(connect)
    bench.feed(wire("12 02 00 01 'xy'"))
    _ = bench.everythingSent()
    for number: UInt64 in [2, 1] { bench.feed(wire("0C 62 'xy' 00 00 '\(number)'"), from: number) }
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("0C 02 'xy' 00 00 '1'")])
  }

  @Test func `a node may have several places, one that has none gets in nowhere`() {
    var bench = bench(Denial(.will))
    list(&bench, .line(7))
    bench.feed(connect)
    list(&bench, .line(0))
    bench.feed(connect)
    bench.gateway.knownNodes.append(
      clientID: Array("none".utf8).span, userName: Array("x".utf8).span, place: .nowhere)
    bench.feed(wire("04 04 01 00 3C 'none'"), from: 2)
    let sent = bench.everythingSent()
    #expect(sent.map(\.bytes) == [wire("05 03"), wire("05 00"), wire("05 03")])
  }

  @Test func `a long list of nodes finds each of them`() {
    var bench = bench(GardenOnly())
    let mask = NodeAddress.Words(.max, 0, 0)
    for number in 0..<5000 as Range<UInt64> {
      bench.gateway.knownNodes.append(
        clientID: Array("node\(number)".utf8).span,
        userName: Array((number % 2 == 0 ? "garden" : "yard").utf8).span,
        place: .address(NodeAddress.Words(number, 0, 0), mask: mask))
    }
    bench.feed(wire("04 04 01 00 3C 'node4998'"), from: 4998)
    bench.feed(wire("12 02 00 01 'xy'"), from: 4998)
    _ = bench.everythingSent()
    for number: UInt64 in [2, 3, 4996, 4999, 5000] {
      bench.feed(wire("0C 62 'xy' 00 00 '1'"), from: number)
    }
    let sent = bench.everythingSent()
    #expect(sent.count == 2)
  }
}

import MQTTSNGateway
import MQTTTerms
import Testing

@Suite struct PublishingTests {
  private func bench() -> Bench<ScriptedHub> {
    var bench = Bench()
    bench.gateway.predefinedTopics.append(
      id: 5, name: Array("common".utf8).span, clientID: Span())
    bench.gateway.predefinedTopics.append(
      id: 5, name: Array("own".utf8).span, clientID: Array("special".utf8).span)
    bench.connect("node")
    bench.feed(wire("0A 00 00 00 01 'a/b'"))
    _ = bench.everythingSent()
    _ = bench.told()
    return bench
  }

  @Test func `QoS 0 is passed on without an answer [SN 6.6]`() {
    var bench = bench()
    bench.feed(wire("0C 10 00 01 00 00 '21'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["publish a/b=21 q0 id0 retained"])
    #expect(sent.isEmpty)
  }

  @Test func `QoS 1 is acknowledged with its own TopicId [SN 6.6]`() {
    var bench = bench()
    bench.feed(wire("0C 20 00 01 12 34 '21'"))
    bench.feed(wire("0C 22 'xy' 12 35 '22'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["publish a/b=21 q1 id4660", "publish xy=22 q1 id4661"])
    #expect(sent == [wire("0D 00 01 12 34 00"), wire("0D 'xy' 12 35 00")])
  }

  @Test func `a PUBACK waits for the hub, and a repeated PUBLISH for the PUBACK`() {
    var bench = bench()
    bench.hub.answers = false
    bench.feed(wire("0C 20 00 01 00 09 '21'"))
    bench.feed(wire("0C A0 00 01 00 09 '21'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told == ["publish a/b=21 q1 id9"] && sent.isEmpty)
    bench.perform(.acknowledge(bench.hub.link, .init(9), .accepted))
    let late = bench.sent()
    #expect(late == [wire("0D 00 01 00 09 00")])
    bench.perform(.acknowledge(bench.hub.link, .init(9), .accepted))
    let never = bench.sent()
    #expect(never.isEmpty)
  }

  @Test func `a node that sends too many at once hears of congestion [SN 7.13]`() {
    var bench = bench()
    bench.hub.answers = false
    for id in 1...9 { bench.feed(wire("0C 20 00 01 00 0\(id) '21'")) }
    let told = bench.told()
    let sent = bench.sent()
    #expect(told.count == 8)
    #expect(sent == [wire("0D 00 01 00 09 01")])
  }

  @Test(arguments: ["00", "20", "01", "21"])
  func `an unknown topic is answered at any QoS [SN 6.6]`(flags: String) {
    var bench = bench()
    bench.feed(wire("0C \(flags) 00 63 00 07 '21'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told.isEmpty)
    #expect(sent == [wire("0D 00 63 00 07 02")])
  }

  @Test func `a short name with a wildcard is no topic`() {
    var bench = bench()
    bench.feed(wire("0C 22 'a#' 00 07 '21'"))
    let told = bench.told()
    let sent = bench.sent()
    #expect(told.isEmpty)
    #expect(sent == [wire("0D 'a#' 00 07 02")])
  }

  @Test func `a QoS 2 message that the hub refuses is answered by PUBACK [SN 6.6]`() {
    var bench = bench()
    bench.hub.answers = false
    bench.feed(wire("0C 40 00 01 00 07 '21'"))
    bench.perform(.confirm(bench.hub.link, PacketIdentifier(7), .quotaExceeded))
    let sent = bench.sent()
    #expect(sent == [wire("0D 00 01 00 07 01")])
  }

  @Test func `pre-defined ids need no REGISTER and are a space of their own [SN 5.3.11]`() {
    var bench = bench()
    bench.feed(wire("0C 21 00 05 00 07 '21'"))
    bench.connect("special", from: 2)
    bench.feed(wire("0C 21 00 05 00 07 '22'"), from: 2)
    let told = bench.told()
    #expect(
      told == ["publish common=21 q1 id7", "open special clean", "publish own=22 q1 id7"])
  }

  @Test func `QoS -1 comes from anybody and is never answered [SN 6.8]`() {
    var bench = bench()
    bench.feed(wire("0C 61 00 05 00 00 '21'"), from: 77)
    bench.feed(wire("0C 62 'xy' 00 00 '22'"), from: 77)
    bench.feed(wire("0C 62 'xy' 00 00 '23'"), from: 1)
    // A normal id means nothing without a connection, nor does an unknown one.
    bench.feed(wire("0C 60 00 01 00 00 '24'"), from: 77)
    bench.feed(wire("0C 61 00 06 00 00 '25'"), from: 77)
    let told = bench.told()
    let sent = bench.everythingSent()
    #expect(
      told == ["anonymous common=21 q0 id0", "anonymous xy=22 q0 id0", "anonymous xy=23 q0 id0"])
    #expect(sent.isEmpty && bench.gateway.nodeCount == 1)
  }

  @Test func `QoS -1 can be switched off`() {
    var bench = Bench { $0.allowsPublishWithoutConnection = false }
    bench.feed(wire("0C 62 'xy' 00 00 '22'"))
    let told = bench.told()
    #expect(told.isEmpty)
  }

  @Test func `a message in the long form has its whole payload [SN 5.2.1]`() {
    var bench = bench()
    let payload = String(repeating: "p", count: 300)
    bench.feed(wire("0C 00 00 01 00 00 '\(payload)'"))
    let told = bench.told()
    #expect(told == ["publish a/b=\(payload) q0 id0"])
  }

  @Test func `what a node has published last can be seen`() {
    var bench = bench()
    bench.feed(wire("0C 00 00 01 00 00 '21.5'"))
    let node = bench.gateway.node(at: 0)
    let count = node?.lastReading.count
    #expect(count == 4)
    #expect(node?.counters.publishesReceived == 1 && node?.topics == 1)
  }
}

import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams
import Testing

@testable import BrokerIO

/// How many connections there are, and what each listener's may do.
@Suite struct ConnectionLimitTests {
  @Test func `all listeners together have a limit, and room again when somebody leaves`() throws {
    var bench = try BrokerBench()
    bench.service.connectionLimit = 1
    let other = try bench.service.listen(
      on: .ipv4(127, 0, 0, 1, port: 0), reactor: &bench.reactor)
    var first = try bench.connect(0x61)
    let second = RawClient(try TCPStream.connect(to: other))
    while bench.service.traffic.turnedAwayByAll == 0 { try bench.tick(wait: 50) }
    let connections = bench.service.connectionCount
    #expect(connections == 1)
    first.send([0xE0, 0])
    while bench.service.connectionCount > 0 { try bench.tick(wait: 50) }
    _ = try bench.connect(0x62)
    let traffic = bench.service.traffic
    #expect(traffic.turnedAwayByAll == 1 && traffic.turnedAway == 0 && traffic.accepted == 2)
    _ = consume second
  }

  @Test func `a listener's limits are its own`() throws {
    var bench = try BrokerBench()
    var limits = ConnectionLimits()
    limits.speaks311 = false
    let other = try bench.service.listen(
      on: .ipv4(127, 0, 0, 1, port: 0), terms: ListenerTerms(limits: limits),
      reactor: &bench.reactor)
    _ = try bench.connect(0x61)
    var strict = RawClient(try TCPStream.connect(to: other))
    strict.send([0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x62])
    while strict.received.count < 4 {
      try bench.tick(wait: 50)
      strict.read()
    }
    // [MQTT-3.1.2-2]
    let received = strict.received
    #expect(received == [0x20, 2, 0, 1])
    let count = bench.service.traffic.unsupportedVersion
    #expect(count == 1)
  }

  @Test func `what a peer has not read yet is counted`() throws {
    var bench = try BrokerBench()
    var peer = try bench.connect(0x70, filter: 0x61)
    bench.publish([UInt8](repeating: 0x78, count: 8_000_000))
    try bench.tick()
    let pending = bench.service.pendingOctets
    #expect(pending > 0 && pending < 8_000_100)
    for _ in 0..<10_000 where bench.service.pendingOctets > 0 {
      peer.read()
      try bench.tick(wait: 50)
    }
    let rest = bench.service.pendingOctets
    #expect(rest == 0)
  }
}

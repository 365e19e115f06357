import BrokerCore
import Reactor
import SessionLink
import Slabs
import Testing

@testable import BrokerIO

/// Peers that read late, or never.
@Suite struct SlowPeerTests {
  private let ping: [UInt8] = [0xC0, 0]

  @Test func `what waited for a slow peer goes on as soon as it has caught up`() throws {
    var bench = try BrokerBench()
    var peer = try bench.connect(0x70, filter: 0x61)
    for _ in 0..<10 { bench.publish([UInt8](repeating: 0x78, count: 600_000)) }
    try bench.tick()
    try bench.tick()
    let isHeld = bench.service.streams.slots[0].isPaused
    #expect(isHeld)
    bench.publish(Array("last".utf8))
    var goesOn = false
    for _ in 0..<10_000 where bench.service.streams.slots[0].isPaused {
      peer.read()
      peer.send(ping)
      goesOn = try bench.tick(seesRoom: false, wait: 50)
    }
    // Nothing else will wake the loop: it must not wait now.
    #expect(goesOn)
    for _ in 0..<100 where !peer.received.suffix(4).elementsEqual("last".utf8) {
      try bench.tick()
      peer.read()
    }
    let end = Array(peer.received.suffix(4))
    #expect(end == Array("last".utf8))
  }

  @Test func `a peer that asks and asks and never reads is closed`() throws {
    var bench = try BrokerBench()
    bench.service.answerLimit = 1 << 16
    var peer = try bench.connect(0x70)
    bench.service.notices.removeAll()
    for _ in 0..<2_000 where bench.service.connectionCount > 0 {
      peer.flood(ping, count: 50_000)
      try bench.tick()
    }
    let connections = bench.service.connectionCount
    #expect(connections == 0)
    var words: [String] = []
    for index in 0..<bench.service.notices.count { words.append("\(bench.service.notices[index])") }
    #expect(words.count == 1 && words[0].hasPrefix("lost(clientID: \"p\""))
  }

  @Test func `a flood for many subscribers is written before it fills the memory`() throws {
    var bench = try BrokerBench()
    bench.service.reliefMark = 1 << 20
    var subscribers = Slab<RawClient>()
    for name in 0..<100 as Range<UInt8> {
      subscribers.append(try bench.connect(name + 1, filter: 0x61))
    }
    var publisher = try bench.connect(0x70)
    let message: [UInt8] = [0x30, 0x63, 0, 1, 0x61] + [UInt8](repeating: 0x78, count: 96)
    for _ in 0..<6 {
      publisher.flood(message, count: 2_000)
      try bench.tick(wait: 50)
      for index in 0..<subscribers.count { subscribers[index].read() }
    }
    let messages = bench.service.broker.statistics.publishesReceived
    let octets = bench.largestOutput
    #expect(messages > 1_000 && octets < 1 << 23)
  }
}

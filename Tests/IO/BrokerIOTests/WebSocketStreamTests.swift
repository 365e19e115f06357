import Reactor
import Slabs
import Streams
import Testing
import WebSocket

@testable import BrokerIO

/// Peers that speak WebSocket and read late, or never.
@Suite struct WebSocketStreamTests {
  private let request = Array(
    ("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      + "Sec-WebSocket-Protocol: mqtt\r\n\r\n").utf8)
  private let answerSize = 157

  private func frame(_ first: UInt8, _ content: [UInt8]) -> [UInt8] {
    [first, 0x80 | UInt8(content.count), 0, 0, 0, 0] + content
  }

  /// A client that is connected and subscribed to "a".
  private func connected(_ bench: inout BrokerBench) throws -> RawClient {
    var rules = TransportRules()
    rules.webSocket = UpgradeRules()
    let address = try bench.service.listen(
      on: .ipv4(127, 0, 0, 1, port: 0), terms: ListenerTerms(rules: rules),
      reactor: &bench.reactor)
    TCPStream.setSendBuffer(bench.service.listeners[1].socket.number, byteCount: 1 << 16)
    var client = RawClient(try TCPStream.connect(to: address))
    client.send(
      request + frame(0x82, [0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x77])
        + frame(0x82, [0x82, 6, 0, 1, 0, 1, 0x61, 1]))
    for _ in 0..<100 where client.received.count < answerSize + 11 {
      try bench.tick(wait: 50)
      client.read()
    }
    let answers = Array(client.received.suffix(11))
    #expect(answers == [0x82, 9, 0x20, 2, 0, 0, 0x90, 3, 0, 1, 1])
    return client
  }

  @Test func `a slow peer is paused, and all that waits for it is counted`() throws {
    var bench = try BrokerBench()
    var peer = try connected(&bench)
    for _ in 0..<4 { bench.publish([UInt8](repeating: 0x78, count: 3_000_000)) }
    try bench.tick()
    try bench.tick()
    let isHeld = bench.service.streams.slots[0].isPaused
    let pending = bench.service.pendingOctets
    #expect(isHeld && pending > 1 << 20)
    bench.publish(Array("last".utf8))
    for _ in 0..<10_000 where !peer.received.suffix(4).elementsEqual("last".utf8) {
      peer.read()
      try bench.tick(wait: 50)
    }
    let rest = bench.service.pendingOctets
    let lent = bench.service.streams.pool.lentBytes
    #expect(rest == 0 && lent == 0)
  }

  @Test func `a peer that pings and pings and never reads is closed`() throws {
    var bench = try BrokerBench()
    bench.service.answerLimit = 1 << 16
    var peer = try connected(&bench)
    let ping = frame(0x89, [UInt8](repeating: 1, count: 125))
    for _ in 0..<5_000 where bench.service.connectionCount > 0 {
      peer.flood(ping, count: 500)
      try bench.tick()
    }
    let connections = bench.service.connectionCount
    let lent = bench.service.streams.pool.lentBytes
    #expect(connections == 0 && lent == 0)
  }
}

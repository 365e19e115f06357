import ClientIO
import MQTTTerms
import Reactor
import Streams
import Testing
import WebSocket

/// A client that speaks WebSocket, and a server that the test plays.
@Suite struct WebSocketClientTests {
  private let connack: [UInt8] = [0x82, 4, 32, 2, 0, 0]

  @Test func `a client asks, and speaks MQTT in masked frames`() throws {
    var broker = try ScriptedBroker()
    var stream = try opened(&broker)
    broker.send(try answer(to: &broker))
    // The server may go on in the same piece.
    broker.send(connack)
    try wait(&stream) { $0.isConnected }
    let header = try broker.read(6)
    #expect(header[0] == 0x82 && header[1] == 0x80 | 16)
    let masked = try broker.read(16)
    let connect = masked.enumerated().map { $1 ^ header[2 + $0 & 3] }
    #expect(connect == [16, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 110, 49])
    stream.finish(until: MonotonicClock.now() + 100)
    let farewell = try broker.read(8 + 8)
    // DISCONNECT in a frame, and a Close with 1000.
    #expect(farewell.count == 16 && farewell[0] == 0x82 && farewell[8] == 0x88)
    #expect([6, 7].map { farewell[$0] ^ farewell[$0 - 4] } == [0xE0, 0])
    #expect([14, 15].map { farewell[$0] ^ farewell[$0 - 4] } == [0x03, 0xE8])
  }

  @Test func `a ping of the server is answered`() throws {
    var broker = try ScriptedBroker()
    var stream = try opened(&broker)
    broker.send(try answer(to: &broker) + connack + [0x89, 1, 7])
    try wait(&stream) { $0.isConnected }
    let pong = try broker.read(7)
    #expect(pong[0] == 0x8A && pong[6] ^ pong[2] == 7)
  }

  @Test(arguments: [
    ("HTTP/1.1 403 Forbidden\r\n\r\n", "the server answers 403"),
    ("SSH-2.0-x\r\n\r\n", "the server does not"),
  ])
  func `a server that does not want it is told of`(answer: String, reason: String) throws {
    var broker = try ScriptedBroker()
    var stream = try opened(&broker)
    broker.send(Array(answer.utf8))
    try wait(&stream) { $0.isOver }
    let failure = stream.failure
    #expect(failure?.reason == reason)
  }

  @Test func `a masked frame of the server ends the connection`() throws {
    var broker = try ScriptedBroker()
    var stream = try opened(&broker)
    broker.send(try answer(to: &broker) + [0x82, 0x80, 0, 0, 0, 0])
    try wait(&stream) { $0.isOver }
    let failure = stream.failure
    #expect(failure?.reason == "the server has sent a frame with a mask")
  }

  private func opened(_ broker: inout ScriptedBroker) throws -> ClientStream {
    var settings = ConnectSettings()
    settings.clientIdentifier = Array("n1".utf8)
    var stream = try ClientStream()
    stream.transport.webSocketPath = "/mqtt"
    try stream.open(
      host: "127.0.0.1", port: broker.port, settings, until: MonotonicClock.now() + 10_000)
    try broker.accept()
    stream.flush()
    return stream
  }

  /// What a server answers to the request that has come.
  private func answer(to broker: inout ScriptedBroker) throws -> [UInt8] {
    var reader = UpgradeReader()
    var request: [UInt8] = []
    while request.count < 4096 {
      request += try broker.read(1)
      var consumed = 0
      guard
        case .accepted(let key, let subprotocol) =
          reader.receive(request.span, consumed: &consumed, UpgradeRules())
      else { continue }
      #expect(request.starts(with: "GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1:\(broker.port)\r\n".utf8))
      return [UInt8](unsafeUninitializedCapacity: UpgradeAnswer.size) { buffer, count in
        let room = UnsafeMutableRawBufferPointer(buffer)
        var output = OutputRawSpan(buffer: room, initializedCount: 0)
        UpgradeAnswer.accept(UpgradeAccept(key), subprotocol, into: &output)
        count = output.finalize(for: room)
      }
    }
    return []
  }

  private func wait(
    _ stream: inout ClientStream, until isDone: (borrowing ClientStream) -> Bool
  ) throws {
    let end = MonotonicClock.now() + 10_000
    while !isDone(stream), MonotonicClock.now() < end {
      _ = try stream.wait(until: end)
      while stream.next() != nil {}
    }
    stream.flush()
  }
}

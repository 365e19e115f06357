import BrokerCore
import Glibc
import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams
import Testing

@testable import BrokerIO

/// The service on a real socket, tick by tick.
struct BrokerBench: ~Copyable {
  var reactor: Reactor
  var service: BrokerService
  let address: SocketAddress
  /// The most memory that output took before a tick's end.
  var largestOutput = 0
  private var buffer = ReceiveBuffer()

  init() throws {
    var reactor = try Reactor()
    var service = BrokerService(
      broker: Broker(limits: .init(), policy: .init(allowsAnonymous: true), seed: 1),
      limits: ConnectionLimits(), service: 1)
    address = try service.listen(
      on: .ipv4(127, 0, 0, 1, port: 0), reactor: &reactor)
    // Connections inherit it: slow peers are slow soon.
    TCPStream.setSendBuffer(service.listeners[0].socket.number, byteCount: 1 << 16)
    self.reactor = reactor
    self.service = service
  }

  /// One tick; true when the next must not wait. Of a hasty loop that sees only what is to be read.
  @discardableResult
  mutating func tick(seesRoom: Bool = true, wait: Int = 0) throws -> Bool {
    try reactor.wait(timeoutMilliseconds: wait)
    for index in 0..<reactor.eventCount {
      var event = reactor.event(at: index)
      if !seesRoom { event = ReadyEvent(token: event.token, bits: Interest.readable.rawValue) }
      service.ready(event, buffer: &buffer, reactor: &reactor, at: 0)
      largestOutput = max(largestOutput, service.streams.pool.lentBytes)
    }
    service.advance(to: 0)
    let hasMore = service.settle(reactor: &reactor, at: 0)
    return service.flush(reactor: &reactor, at: 0) || hasMore
  }

  /// A client that is connected and subscribed.
  mutating func connect(_ name: UInt8, filter: UInt8? = nil) throws -> RawClient {
    var client = RawClient(try TCPStream.connect(to: address))
    client.send([0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, name])
    if let filter { client.send([0x82, 6, 0, 1, 0, 1, filter, 1]) }
    let answerSize = filter == nil ? 4 : 9
    for _ in 0..<100 where client.received.count < answerSize {
      try tick(wait: 50)
      client.read()
    }
    try #require(client.received.count == answerSize)
    return client
  }

  /// Publishes `count` octets on the topic "a".
  mutating func publish(_ payload: [UInt8]) {
    service.broker.publish(
      topic: Array("a".utf8).span, payload: payload.span, isRetained: false,
      commands: &service.commands)
  }
}

/// The other side of a connection, octet by octet.
struct RawClient: ~Copyable {
  private let descriptor: Descriptor
  private(set) var received: [UInt8] = []
  private var sentCount = 0

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// Sends as much as there is room for.
  mutating func send(_ bytes: [UInt8]) {
    _ = Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Sends copies of `packet` as long as there is room, going on where it stopped the last time.
  mutating func flood(_ packet: [UInt8], count: Int) {
    let start = sentCount % packet.count
    let bytes = Array(Array(repeatElement(packet, count: count + 1).joined())[start...])
    let sent = Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    sentCount += max(sent, 0)
  }

  /// Reads all that is there.
  mutating func read() {
    var room = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor.number, &room, room.count, 0)
      guard count > 0 else { return }
      received += room[..<count]
    }
  }
}

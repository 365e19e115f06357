import BrokerCore
import BrokerIO
import MQTTLink
import MQTTSNGateway
import Reactor
import SessionLink
import Streams

/// How many ticks in a row may pass until the broker has no more to do; fewer than 100 are usual.
private let tickLimit = 20_000

/// The broker's service on a real socket, its clients, a gateway beside it, and a clock that only the
/// transcript moves.
struct TranscriptBench: ~Copyable {
  private var reactor: Reactor
  var service: BrokerService
  var gateway: Gateway
  private let address: SocketAddress
  private var buffer = ReceiveBuffer()
  private(set) var now: LinkTime = 1_000_000
  /// The clients with a connection that they have not broken.
  private(set) var clients: [String: TranscriptClient] = [:]
  /// What the gateway has sent and no line has told of.
  var datagrams: [NodeDatagram] = []
  /// What the gateway thought worth a line of the log.
  var notices: [String] = []
  private var openedCount = 0
  private var sentCount = 0
  private var receivedCount = 0

  init(_ options: BrokerOptions, _ settings: GatewaySettings) throws {
    gateway = settings.gateway(service: 2, at: now)
    var reactor = try Reactor()
    var service = BrokerService(
      broker: Broker(limits: options.broker, policy: options.policy, seed: 1),
      limits: options.connection, service: 1)
    address = try service.listen(
      on: .ipv4(127, 0, 0, 1, port: 0), reactor: &reactor)
    self.reactor = reactor
    self.service = service
  }

  mutating func open(_ name: String, _ version: Version) throws -> TranscriptClient {
    let client = try TranscriptClient(to: address, version)
    clients[name] = client
    openedCount += 1
    return client
  }

  /// Breaks a client's connection.
  mutating func drop(_ name: String) throws {
    clients[name] = nil
    try settle()
  }

  /// Lets time pass. The service is looked at when it has asked for that, and at no other time.
  mutating func advance(by milliseconds: LinkTime) throws {
    let end = now + milliseconds
    while let due = nextDeadline, due <= end {
      now = max(now, due)
      advanceGateway()
      try settle()
      if nextDeadline == due { break }
    }
    now = end
  }

  private var nextDeadline: LinkTime? {
    guard let gateway = gateway.nextDeadline else { return service.nextDeadline }
    return min(gateway, service.nextDeadline ?? gateway)
  }

  /// Goes on until nobody has anything to say and all octets have arrived. Loopback delivers at
  /// once; a busy machine may take a moment.
  mutating func settle() throws {
    var idleTicks = 0
    var ticks = 0
    while idleTicks < 100 {
      ticks += 1
      guard ticks < tickLimit else {
        throw Difference(expected: "a broker that comes to rest", got: "one that never does")
      }
      let isBusy = try tick(wait: idleTicks == 0 ? 0 : 1)
      if transfer() || isBusy {
        idleTicks = 0
      } else if isQuiet {
        return
      } else {
        idleTicks += 1
      }
    }
    // What has not arrived by now never will.
    sentCount = Int(service.traffic.received)
    receivedCount = Int(service.traffic.sent)
  }

  /// One tick of the loop; true when something happened.
  private mutating func tick(wait: Int) throws -> Bool {
    try reactor.wait(timeoutMilliseconds: wait)
    let eventCount = reactor.eventCount
    for index in 0..<eventCount {
      service.ready(reactor.event(at: index), buffer: &buffer, reactor: &reactor, at: now)
    }
    service.advance(to: now)
    var hasMore = service.settle(reactor: &reactor, at: now)
    if exchange() { hasMore = true }
    collect()
    return service.flush(reactor: &reactor, at: now) || hasMore || eventCount > 0
  }

  /// Lets every client send and read; true when something moved.
  private mutating func transfer() -> Bool {
    var hasMoved = false
    for client in clients.values where !client.isClosed {
      let sent = client.send()
      let received = client.read()
      sentCount += sent
      receivedCount += received
      // What a closed connection had in it is not read any more.
      if client.isClosed { sentCount = Int(service.traffic.received) }
      hasMoved = hasMoved || sent + received > 0 || client.isClosed
    }
    return hasMoved
  }

  private var isQuiet: Bool {
    service.traffic.accepted == openedCount && service.traffic.received == sentCount
      && service.traffic.sent == receivedCount
      && service.connectionCount == clients.values.count { !$0.isClosed }
  }
}

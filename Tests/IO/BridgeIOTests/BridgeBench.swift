import BridgeIO
import BrokerCore
import Glibc
import MQTTBridge
import MQTTTerms
import Reactor
import SessionLink
import Slabs
import Streams

/// A broker with bridges on real sockets, and a port of this machine that they may call.
struct BridgeBench: ~Copyable {
  private var broker = Broker(
    limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1)
  private var links = LinkTable()
  private var commands = CommandQueue()
  private var reactor: Reactor
  private var buffer = ReceiveBuffer()
  private var remote: TCPListener
  private var peer: AcceptedStream?
  var service = BridgeService(service: 4, seed: 1)

  private init(_ reactor: consuming Reactor, _ remote: consuming TCPListener) {
    self.reactor = reactor
    self.remote = remote
  }

  static func make() throws -> BridgeBench {
    BridgeBench(try Reactor(), try TCPListener(address: .ipv4(127, 0, 0, 1, port: 0)))
  }

  var port: UInt16 { remote.localPort }

  /// A bridge that calls these hosts, one after the other, and sends "a" there.
  func setup(_ places: BridgePlace...) -> BridgeSetup {
    var options = BridgeOptions(
      remote: BridgeLogin(clientID: Array("b".utf8)), local: BridgeLogin(clientID: Array("l".utf8)))
    options.topics = [TopicMapping(Array("a".utf8), goesOut: true, comesIn: false)]
    return BridgeSetup(name: "b", options: options, places: places)
  }

  mutating func add(_ setup: BridgeSetup) {
    service.add(
      setup, links: &links, hub: &broker, commands: &commands, at: MonotonicClock.now())
  }

  mutating func renew(_ bridges: [RenewedBridge]) {
    service.renew(
      bridges, links: &links, hub: &broker, commands: &commands, reactor: &reactor,
      at: MonotonicClock.now())
  }

  /// One turn of the loop, which waits until something has happened.
  mutating func tick() throws {
    let now = MonotonicClock.now()
    service.advance(to: now, hub: &broker, commands: &commands)
    perform(at: now)
    service.flush(
      links: &links, hub: &broker, commands: &commands, reactor: &reactor, at: now)
    perform(at: now)
    let deadline = service.nextDeadline.map { $0 > now ? Int($0 - now) : 0 }
    try reactor.wait(timeoutMilliseconds: min(deadline ?? 100, 100))
    for index in 0..<reactor.eventCount {
      service.ready(
        reactor.event(at: index), links: &links, hub: &broker, commands: &commands,
        buffer: &buffer, reactor: &reactor, at: now)
    }
    perform(at: now)
  }

  private mutating func perform(at now: LinkTime) {
    while !commands.commands.isEmpty {
      var queue = CommandQueue()
      swap(&queue, &commands)
      service.perform(queue, links: links, hub: &broker, commands: &commands, at: now)
      for index in 0..<queue.commands.count {
        if case .deliver(let message, _) = queue.commands[index] { broker.performed(message) }
      }
    }
  }

  /// Turns the loop until the bridge has sent so many octets to the port; gives them.
  mutating func octets(_ count: Int) throws -> [UInt8] {
    var octets: [UInt8] = []
    for _ in 0..<1000 where octets.count < count {
      try tick()
      if peer == nil { peer = try remote.accept() }
      guard let number = peer?.descriptor.number else { continue }
      var piece = [UInt8](repeating: 0, count: count - octets.count)
      if case .bytes(let size) = piece.withUnsafeMutableBytes({ TCPStream.read(number, into: $0) })
      {
        octets += piece[..<size]
      }
    }
    return octets
  }

  /// Sends these octets to the bridge.
  mutating func send(_ octets: [UInt8]) {
    guard let number = peer?.descriptor.number else { return }
    _ = octets.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
  }

  /// Closes the connection.
  mutating func hangUp() { peer = nil }

  /// What the bridges have said since the last call, by place.
  mutating func notices() -> [(place: String, notice: BridgeNotice)] {
    var notices: [(place: String, notice: BridgeNotice)] = []
    for index in 0..<service.notices.count {
      notices.append((service.notices[index].place, service.notices[index].notice))
    }
    service.notices.removeAll()
    return notices
  }
}

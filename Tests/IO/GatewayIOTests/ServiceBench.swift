import BrokerCore
import CLinux
import Datagrams
import Glibc
import MQTTSNGateway
import Reactor
import SessionLink
import Slabs
import Testing

@testable import GatewayIO

/// The service with a broker, on real sockets and pseudo-terminals, in virtual time.
struct ServiceBench: ~Copyable {
  var reactor: Reactor
  var service: GatewayService
  var broker = Broker(
    limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1)
  var links = LinkTable()
  var commands = CommandQueue()
  var now: UInt64 = 1000

  init(_ adjust: (inout GatewayOptions) -> Void = { _ in }) throws {
    var options = GatewayOptions()
    adjust(&options)
    reactor = try Reactor()
    service = GatewayService(options: options, service: 9, seed: 3, at: now)
  }

  /// Opens a socket on the loopback address.
  mutating func listen() throws -> SocketAddress {
    try service.listen(on: .ipv4(127, 0, 0, 1, port: 0), reactor: &reactor)
  }

  /// Waits for something to read and does one tick.
  mutating func tick() throws {
    try reactor.wait(timeoutMilliseconds: 5000)
    try #require(reactor.eventCount > 0)
    for index in 0..<reactor.eventCount {
      let event = reactor.event(at: index)
      try #require(event.token >> 56 == 9)
      service.ready(
        event, hub: &broker, links: &links, commands: &commands, reactor: &reactor, at: now)
    }
    finish()
  }

  /// Lets time pass, in milliseconds.
  mutating func wait(_ milliseconds: UInt64) {
    now += milliseconds
    service.advance(
      to: now, hub: &broker, links: &links, commands: &commands, reactor: &reactor)
    finish()
  }

  private mutating func finish() {
    while !commands.commands.isEmpty {
      var taken = CommandQueue()
      swap(&taken, &commands)
      service.perform(&taken, hub: &broker, links: &links, commands: &commands, at: now)
    }
    service.flush(reactor: &reactor, at: now)
  }

  /// The notices since the last call, in words.
  mutating func notices() -> [String] {
    var words: [String] = []
    for index in 0..<service.notices.count {
      switch service.notices[index] {
      case .groupUnavailable: words.append("group unavailable")
      case .groupJoined: words.append("group joined")
      case .listening: words.append("listening")
      case .serialOpened: words.append("opened")
      case .serialUnavailable: words.append("unavailable")
      case .serialLost: words.append("lost")
      case .serialReopened: words.append("reopened")
      case .serialErrors: words.append("errors")
      case .node(let notice, _): words.append("\(notice.kind)")
      case .failed(let error): words.append("failed \(error)")
      }
    }
    service.notices.removeAll()
    return words
  }
}

/// A pseudo-terminal: `master` is the device, `path` the port that a line opens.
struct Terminal: ~Copyable {
  let master: Descriptor
  let path: String

  init() throws {
    let number = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    var name = [CChar](repeating: 0, count: 64)
    try #require(grantpt(number) == 0 && unlockpt(number) == 0)
    try #require(ptsname_r(number, &name, name.count) == 0)
    master = Descriptor(owning: number)
    path = name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  /// Writes octets on the device's side.
  func send(_ bytes: [UInt8]) throws {
    try #require(write(master.number, bytes, bytes.count) == bytes.count)
  }

  /// Waits for octets on the device's side and reads them.
  func receive() throws -> [UInt8] {
    var reactor = try Reactor()
    try reactor.add(master.number, token: 0, interest: .readable)
    try reactor.wait(timeoutMilliseconds: 5000)
    var room = [UInt8](repeating: 0, count: 1024)
    let count = read(master.number, &room, room.count)
    try #require(count > 0)
    return Array(room[..<count])
  }
}

import BrokerCore
import Datagrams
import MQTTSNGateway
import Reactor
import SessionLink
import Synchronization
import Testing

@testable import GatewayIO

/// CONNECT of a node called "n".
private let connect: [UInt8] = [7, 4, 4, 1, 0, 10, 0x6E]
private let accepted: [UInt8] = [3, 5, 0]
private let refused: [UInt8] = [3, 5, 3]

/// Rules that allow everything and note where the peers are.
private final class Witness: AccessRules {
  let seen = Mutex<[SeenPeer]>([])

  func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
    var one = SeenPeer(access: access, address: peer.address, user: "")
    if let name = peer.userName { one.user = text(name) }
    seen.withLock { $0.append(one) }
    return true
  }

  struct SeenPeer: Equatable {
    var access: Access
    var address: PeerAddress
    var user: String
  }
}

private func text(_ bytes: Span<UInt8>) -> String {
  bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
}

/// Where listed nodes may be, on real sockets.
@Suite struct ListedNodeTests {
  private let localhost = SocketAddress.ipv4(127, 0, 0, 1, port: 0)

  /// What a node on loopback that is listed at `place` gets for its CONNECT.
  private func answer(at place: (SocketAddress) -> NodePlace) throws -> [UInt8] {
    var bench = try ServiceBench()
    _ = try bench.listen()
    let gateway = try bench.listen()
    bench.service.addSerialLine(SerialSettings(path: "/dev/null"), at: bench.now)
    _ = bench.service.list("n", as: "garden", at: place(gateway))
    var node = try UDPSocket(address: localhost)
    try node.send(connect, to: gateway)
    try bench.tick()
    return try node.hear()
  }

  @Test func `a node gets in from its host alone`() throws {
    #expect(try answer { _ in .host([.ipv4(127, 0, 0, 1, port: 7)]) } == accepted)
    #expect(try answer { _ in .host([.ipv4(127, 0, 0, 2, port: 0)]) } == refused)
    #expect(try answer { _ in .host([.ipv6Loopback(port: 0)]) } == refused)
    let both: [SocketAddress] = [.ipv6Loopback(port: 0), localhost]
    #expect(try answer { _ in .host(both) } == accepted)
  }

  @Test func `a node gets in at its listener alone`() throws {
    #expect(try answer { .socket(port: $0.port) } == accepted)
    #expect(try answer { .socket(port: $0.port ^ 1) } == refused)
    #expect(try answer { _ in .serial("/dev/null") } == refused)
  }

  @Test func `a node whose line is not there is told of and gets in nowhere`() throws {
    var bench = try ServiceBench()
    let gateway = try bench.listen()
    let isListed = bench.service.list("n", as: "garden", at: .serial("/dev/none"))
    #expect(!isListed)
    var node = try UDPSocket(address: localhost)
    try node.send(connect, to: gateway)
    try bench.tick()
    #expect(try node.hear() == refused)
  }

  @Test func `rules see the host, the port and the user of a node`() throws {
    let witness = Witness()
    var bench = try ServiceBench()
    bench.broker.policies[0].rules = witness
    let gateway = try bench.listen()
    _ = bench.service.list("n", as: "garden", at: .host([localhost]))
    var node = try UDPSocket(address: localhost)
    // QoS -1 on the short topic "xy", then CONNECT.
    try node.send([8, 0x0C, 0x62, 0x78, 0x79, 0, 0, 0x31], to: gateway)
    try node.send(connect, to: gateway)
    try bench.tick()
    #expect(try node.hear() == accepted)
    let octets: InlineArray<16, UInt8> = [127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let address = PeerAddress(family: .ipv4, port: node.localAddress.port, octets: octets)
    let seen = witness.seen.withLock { $0 }
    #expect(seen.map(\.access) == [.publish, .connect])
    #expect(seen.allSatisfy { $0.address == address && $0.user == "garden" })
  }

  @Test func `an address of IPv6 is shown to rules as it is`() throws {
    let witness = Witness()
    var bench = try ServiceBench()
    bench.broker.policies[0].rules = witness
    guard
      let gateway = try? bench.service.listen(
        on: .ipv6Loopback(port: 0), reactor: &bench.reactor)
    else { try Test.cancel("no IPv6 here") }
    var node = try UDPSocket(address: .ipv6Loopback(port: 0))
    try node.send(connect, to: gateway)
    try bench.tick()
    #expect(try node.hear() == accepted)
    let expected = node.localAddress
    let seen = try #require(witness.seen.withLock { $0.first }).address
    #expect(seen.family == .ipv6 && seen.port == expected.port && seen.octets[15] == 1)
    for index in 0..<15 as Range<Int> { #expect(seen.octets[index] == 0) }
  }
}

extension UDPSocket {
  /// Sends a datagram.
  func send(_ datagram: [UInt8], to peer: SocketAddress) throws {
    var batch = DatagramBatch()
    batch.append(datagram.span, to: peer)
    batch.flush(to: number)
    let failure = batch.lastFailure
    if failure != 0 { throw SystemError("send to \(peer)", code: failure) }
  }

  /// Waits for a datagram that is not `unwanted`, and gives the first.
  mutating func hear(but unwanted: [UInt8] = []) throws -> [UInt8] {
    var reactor = try Reactor()
    try reactor.add(number, token: 0, interest: .readable)
    while true {
      try reactor.wait(timeoutMilliseconds: 5000)
      let count = try receiveBatch()
      try #require(count > 0)
      for index in 0..<count where bytes(at: index) != unwanted { return bytes(at: index) }
    }
  }

  private func bytes(at index: Int) -> [UInt8] {
    let datagram = datagram(at: index)
    var bytes: [UInt8] = []
    for position in datagram.indices { bytes.append(datagram[position]) }
    return bytes
  }
}

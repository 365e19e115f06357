import Datagrams
import Glibc
import MQTTSNGateway
import Reactor
import Testing

@testable import GatewayIO

private let search: [UInt8] = [3, 1, 0]
private let info: [UInt8] = [3, 2, 1]

/// How the gateway is found by multicast [SN 6.1], on the loopback interface.
@Suite struct MulticastTests {
  /// A service in a group, a client, and somebody else in the group.
  private struct Field: ~Copyable {
    var bench: ServiceBench
    let gateway: SocketAddress
    let group: SocketAddress
    var client: UDPSocket
    var member: UDPSocket

    init(
      _ group: SocketAddress, from local: SocketAddress,
      _ adjust: (inout GatewayOptions) -> Void = { _ in }
    ) throws {
      var bench = try ServiceBench(adjust)
      let gateway = try bench.service.listen(on: local, reactor: &bench.reactor)
      var group = group
      // A port that was free a moment ago: the gateway's own would not be shared with `member`.
      group.port = try UDPSocket(address: local).localAddress.port
      bench.service.join(group, from: gateway, hops: 1, reactor: &bench.reactor, at: bench.now)
      let member = try UDPSocket(address: group, sharesPort: true)
      try member.join(group, on: local)
      let client = try UDPSocket(address: local)
      try client.sendMulticast(to: group, on: local)
      self.bench = bench
      self.gateway = gateway
      self.group = group
      self.client = client
      self.member = member
    }
  }

  private let localhost = SocketAddress.ipv4(127, 0, 0, 1, port: 0)

  /// The field in a group of the loopback interface; where that has no multicast the test ends.
  private func field(
    _ group: String, _ adjust: (inout GatewayOptions) -> Void = { _ in }
  ) throws -> Field {
    let group = try #require(try SocketAddress.resolve(host: group, port: 0).first)
    do {
      return try Field(group, from: localhost, adjust)
    } catch {
      try Test.cancel("no multicast here: \(error)")
    }
  }

  /// The field in a group of IPv6 that never leaves the machine, on the first interface that has some:
  /// few loopback interfaces do; where none does the test ends. `client` has asked already.
  private func field6() throws -> Field {
    var faults: [String] = []
    for name in ["lo", "eth0"] + (1..<10 as Range<UInt32>).compactMap(interfaceName) {
      do {
        let group = try #require(try SocketAddress.resolve(host: "ff01::4d%\(name)", port: 0).first)
        let everywhere = try #require(try SocketAddress.resolve(host: "::", port: 0).first)
        let field = try Field(group, from: everywhere)
        try field.client.send(search, to: field.group)
        return field
      } catch {
        faults.append("\(name): \(error)")
      }
    }
    try Test.cancel("no multicast of IPv6 here: \(faults.joined(separator: "; "))")
  }

  @Test func `who asks in the group is answered, and so is the group`() throws {
    var field = try field("239.255.77.1")
    try field.client.send(search, to: field.group)
    try field.bench.tick()
    #expect(try field.client.hear() == info)
    #expect(try field.member.hear(but: search) == info)
  }

  @Test func `who asks the gateway itself is answered alone`() throws {
    var field = try field("239.255.77.2")
    try field.client.send(search, to: field.gateway)
    try field.bench.tick()
    #expect(try field.client.hear() == info)
    let sent = field.bench.service.line(at: 0).counters.sent
    #expect(sent == 1)
  }

  @Test func `the same for IPv6, on the interface that the group names`() throws {
    var field = try field6()
    try field.bench.tick()
    #expect(try field.client.hear() == info)
    #expect(try field.member.hear(but: search) == info)
  }

  @Test func `the gateway advertises itself in the group`() throws {
    var field = try field("239.255.77.4", { $0.advertiseInterval = 900 })
    field.bench.wait(0)
    #expect(try field.member.hear(but: search) == [5, 0, 1, 3, 0x84])
  }

  @Test func `floods of searches are answered alone, and seldom to the group`() throws {
    var field = try field("239.255.77.5")
    for _ in 0..<60 { try field.client.send(search, to: field.group) }
    try field.bench.tick()
    let sent = field.bench.service.line(at: 0).counters.sent
    #expect(sent == 60 + 20)
  }

  @Test func `nothing but searches and QoS -1 is heard in the group`() throws {
    var field = try field("239.255.77.6")
    let publish: [UInt8] = [8, 0x0C, 0x62, 0x78, 0x79, 0, 0, 0x31]
    for datagram in [[7, 4, 4, 1, 0, 10, 0x6E], [2, 0x16], [2, 0x18], publish, info] {
      try field.client.send(datagram, to: field.group)
    }
    try field.bench.tick()
    let sent = field.bench.service.line(at: 0).counters.sent
    let received = field.bench.broker.statistics.publishesReceived
    let nodes = field.bench.service.gateway.nodeCount
    #expect(sent == 0 && received == 1 && nodes == 0)
  }

  @Test func `a group that cannot be joined is tried again`() throws {
    let probe = try field("239.255.77.8")
    #expect(probe.group.isMulticast)
    var bench = try ServiceBench()
    let gateway = try bench.listen()
    do {
      let other = try UDPSocket(address: .ipv4(239, 255, 77, 7, port: 0))
      bench.service.join(
        other.localAddress, from: gateway, hops: 1, reactor: &bench.reactor, at: bench.now)
      let first = bench.notices()
      #expect(first == ["listening", "group unavailable"])
      bench.wait(5000)
      let silence = bench.notices()
      #expect(silence.isEmpty)
    }
    let deadline = bench.service.nextDeadline
    #expect(deadline == bench.now + 5000)
    bench.wait(5000)
    let then = bench.notices()
    #expect(then == ["group joined"])
  }
}

private func interfaceName(_ index: UInt32) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { room in
    if_indextoname(index, room.baseAddress).map { String(cString: $0) }
  }
}

import ProxyProtocol
import Reactor
import Slabs
import Streams
import Testing

@testable import BrokerIO

/// Clients behind a proxy, and what it tells of their certificates.
@Suite struct ProxiedStreamTests {
  private let connect: [UInt8] = [
    0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x61,
  ]

  /// What the broker answers to a client of whose TLS these octets tell, and its last notice.
  private func answer(
    to flags: [UInt8], requiresCertificate: Bool
  ) throws -> (octets: [UInt8], notice: String) {
    var bench = try BrokerBench()
    var rules = TransportRules()
    rules.proxy = TransportRules.Proxy(version: .version2)
    rules.proxy?.requiresCertificate = requiresCertificate
    let address = try bench.service.listen(
      on: .ipv4(127, 0, 0, 1, port: 0), terms: ListenerTerms(rules: rules),
      reactor: &bench.reactor)
    let fields = flags.isEmpty ? [] : [0x20, 0, UInt8(flags.count)] + flags
    let header =
      Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x21, 0x11, 0, UInt8(12 + fields.count)]
      + [192, 0, 2, 5, 198, 51, 100, 1, 0x18, 0x83, 7, 0x5B] + fields
    var client = RawClient(try TCPStream.connect(to: address))
    client.send(header + connect)
    for _ in 0..<100 {
      try bench.tick(wait: 20)
      client.read()
      if client.received.count >= 4 || bench.service.traffic.faults > 0 { break }
    }
    let last = bench.service.notices.count - 1
    return (client.received, "\(bench.service.notices[last])")
  }

  @Test func `the client's own address is told`() throws {
    let (octets, notice) = try answer(to: [], requiresCertificate: false)
    #expect(octets == [0x20, 2, 0, 0])
    #expect(notice.contains("192.0.2.5:6275"))
  }

  @Test func `a certificate that the proxy has found good lets the client in`() throws {
    let (octets, _) = try answer(to: [7, 0, 0, 0, 0], requiresCertificate: true)
    #expect(octets == [0x20, 2, 0, 0])
  }

  @Test(arguments: [[], [1, 0, 0, 0, 0], [7, 0, 0, 0, 1], [6, 0, 0, 0, 0]] as [[UInt8]])
  func `without one the client does not get in`(flags: [UInt8]) throws {
    let (octets, notice) = try answer(to: flags, requiresCertificate: true)
    #expect(octets == [])
    #expect(notice.contains("client did not provide a certificate"))
  }
}

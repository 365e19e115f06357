import SessionLink
import Testing

@testable import ProxyProtocol

/// What the octets come to, in pieces and at once.
private func read(_ octets: [UInt8], _ version: ProxyVersion) -> (step: ProxyStep, consumed: Int) {
  var last = ProxyStep.needMore
  for count in 0...octets.count {
    var consumed = 0
    last = ProxyHeader.read(octets.span.extracting(0..<count), consumed: &consumed, version)
    if last != .needMore {
      var again = 0
      #expect(ProxyHeader.read(octets.span, consumed: &again, version) == last)
      #expect(again == consumed)
      return (last, consumed)
    }
  }
  return (last, 0)
}

private func address(
  _ family: PeerAddress.Family, _ octets: [UInt8], port: UInt16
) -> PeerAddress {
  var room = InlineArray<16, UInt8>(repeating: 0)
  for (index, octet) in octets.enumerated() { room[index] = octet }
  return PeerAddress(family: family, port: port, octets: room)
}

@Suite struct ProxyLineTests {
  private func source(_ line: String) -> PeerAddress? {
    guard case .header(let header) = read(Array((line + "\r\nx").utf8), .version1).step else {
      return nil
    }
    return header.source
  }

  @Test func `a line tells where the client is`() {
    let line = "PROXY TCP4 192.0.2.5 198.51.100.1 6275 1883\r\n"
    let found = read(Array((line + "rest").utf8), .version1)
    let header = ProxyHeader(source: address(.ipv4, [192, 0, 2, 5], port: 6275))
    #expect(found.step == .header(header) && found.consumed == line.utf8.count)
    #expect(
      source("PROXY TCP6 2001:db8::1:2 ::1 65535 0")
        == address(
          .ipv6, [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 8) + [0, 1, 0, 2], port: 65535)
    )
    #expect(
      source("PROXY TCP6 ::ffff:192.0.2.5 :: 1 1")
        == address(
          .ipv6, [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 5], port: 1))
    #expect(
      source("PROXY TCP6 1:2:3:4:5:6:7:FFFF 1:2:3:4:5:6:7:8 1 1")
        == address(.ipv6, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0xFF, 0xFF], port: 1))
  }

  @Test func `a proxy that does not know says so`() {
    for line in ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN whatever ffff:: 1\r\n"] {
      #expect(read(Array(line.utf8), .version1) == (.header(ProxyHeader()), line.utf8.count))
    }
  }

  @Test(arguments: [
    "", "PROXY", "PROXY TCP4", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 1", "PROXY TCP4 1.2.3.4 1.2.3.4 1",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 ", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1",
    "PROXY TCP4 1.2.3.4 1.2.3.4 01 1", "PROXY TCP4 1.2.3.4 1.2.3.4 +1 1",
    "PROXY TCP4 1.2.3 1.2.3.4 1 1", "PROXY TCP4 1.2.3.256 1.2.3.4 1 1",
    "PROXY TCP4 ::1 ::1 1 1", "PROXY TCP6 1.2.3.4 1.2.3.4 1 1", "PROXY TCP6 1::2::3 ::1 1 1",
    "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 1", "PROXY TCP6 1:2:3:4:5:6:7:: :12345 1 1",
    "PROXY TCP6 : ::1 1 1", "PROXY TCP6 ::: ::1 1 1", "PROXY TCP6 1:2:3:4:5:6:7:1.2.3.4 ::1 1 1",
    "PROXY UDP4 1.2.3.4 1.2.3.4 1 1", "proxy TCP4 1.2.3.4 1.2.3.4 1 1", "GET / HTTP/1.1",
  ])
  func `a malformed line is refused`(line: String) {
    #expect(read(Array((line + "\r\n").utf8), .version1).step == .malformed)
  }

  @Test func `a line has its end`() {
    #expect(read(Array("PROXY UNKNOWN\n".utf8), .version1).step == .malformed)
    let long = "PROXY UNKNOWN " + String(repeating: "x", count: 91)
    #expect(read(Array((long + "\r\n").utf8), .version1).step == .header(ProxyHeader()))
    #expect(read(Array((long + "x\r\n").utf8), .version1).step == .malformed)
    #expect(read(Array(long.utf8), .version1).step == .needMore)
  }
}

@Suite struct ProxyOctetsTests {
  private func header(
    command: UInt8 = 0x21, _ family: UInt8, _ parts: [UInt8]...
  ) -> [UInt8] {
    let rest = parts.flatMap { $0 }
    return Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [command, family]
      + [UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
  }

  private func field(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    [type, UInt8(value.count >> 8), UInt8(value.count & 255)] + value
  }

  private let ipv4: [UInt8] = [192, 0, 2, 5, 198, 51, 100, 1, 0x18, 0x83, 0x07, 0x5B]

  private func found(_ octets: [UInt8]) -> ProxyHeader? {
    guard case .header(let header) = read(octets + [0x10], .version2).step else { return nil }
    return header
  }

  @Test func `the octets tell where the client is`() {
    let octets = header(0x11, ipv4)
    let source = address(.ipv4, [192, 0, 2, 5], port: 6275)
    #expect(
      read(octets + [1], .version2) == (.header(ProxyHeader(source: source)), octets.count))
    let ipv6 = Array(0..<32) + [1, 2, 3, 4] as [UInt8]
    #expect(found(header(0x21, ipv6))?.source == address(.ipv6, Array(0..<16), port: 0x0102))
    #expect(found(header(0x31, [UInt8](repeating: 0, count: 216)))?.source == .unknown)
    #expect(found(header(0x11, ipv4, field(4, [1, 2]), field(0xEE, [])))?.source == source)
  }

  @Test func `a proxy that speaks for itself says so`() {
    #expect(found(header(command: 0x20, 0, [])) == ProxyHeader())
    #expect(found(header(command: 0x20, 0x11, ipv4)) == ProxyHeader())
    #expect(found(header(command: 0x21, 0, [])) == ProxyHeader())
  }

  @Test func `TLS at the proxy and the name in the certificate are told`() {
    let name = field(0x22, Array("kim".utf8))
    let octets = header(0x11, ipv4, field(0x20, [7, 0, 0, 0, 0] + field(0x21, [1]) + name))
    let tls = found(octets)?.tls
    #expect(tls?.hasCertificate == true)
    #expect(tls?.commonName.map { Array(octets[$0]) } == Array("kim".utf8))
    let plain = ProxyTLS(hasCertificate: false)
    #expect(found(header(0x11, ipv4, field(0x20, [1, 0, 0, 0, 1])))?.tls == plain)
    #expect(found(header(0x11, ipv4, field(0x20, [3, 0, 0, 0, 1])))?.tls == plain)
    #expect(found(header(0x11, ipv4, field(0x20, [0, 0, 0, 0, 0]))).map { $0.tls == nil } == true)
  }

  @Test func `malformed octets are refused`() {
    let cases: [[UInt8]] = [
      header(0x11, [1, 2, 3]), header(0x12, ipv4), header(0x31, ipv4),
      header(command: 0x22, 0x11, ipv4),
      header(command: 0x11, 0x11, ipv4), header(0x11, ipv4, [4]), header(0x11, ipv4, [4, 0, 1]),
      header(0x11, ipv4, field(0x20, [1, 0, 0])),
      header(0x11, ipv4, field(0x20, [1, 0, 0, 0, 0, 9])),
      header(0x11, [UInt8](repeating: 0, count: 4097)), Array("PROXY UNKNOWN\r\n".utf8), [0x10],
    ]
    for octets in cases { #expect(read(octets, .version2).step == .malformed) }
  }

  @Test func `an announced length is believed when its octets have come`() {
    #expect(read(header(0x11, ipv4).dropLast(), .version2).step == .needMore)
  }
}

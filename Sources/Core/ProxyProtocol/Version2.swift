import SessionLink
import WireBytes

extension ProxyHeader {
  /// The most octets behind the first sixteen: far more than proxies send.
  private static let longestRest = 4096
  private static let signature: [UInt8] = [
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
  ]

  static func readOctets(_ bytes: Span<UInt8>, consumed: inout Int) -> ProxyStep {
    guard mayBegin(bytes, signature) else { return .malformed }
    guard bytes.count >= 16 else { return .needMore }
    let count = Int(bytes[14]) << 8 | Int(bytes[15])
    guard bytes[12] >> 4 == 2, count <= longestRest else { return .malformed }
    guard bytes.count >= 16 + count else { return .needMore }
    let header: ProxyHeader?
    switch bytes[12] & 0x0F {
    // The proxy speaks for itself: it asks whether somebody is there.
    case 0: header = ProxyHeader()
    case 1: header = forwarded(bytes.extracting(0..<16 + count), family: bytes[13])
    default: header = nil
    }
    guard let header else { return .malformed }
    consumed = 16 + count
    return .header(header)
  }

  private static func forwarded(_ bytes: Span<UInt8>, family: UInt8) -> ProxyHeader? {
    var header = ProxyHeader()
    let size: Int
    switch family {
    case 0x00: size = 0
    case 0x11: size = 12
    case 0x21: size = 36
    case 0x31: size = 216
    default: return nil
    }
    guard bytes.count >= 16 + size else { return nil }
    if family == 0x11 { header.source = source(.ipv4, bytes, octets: 4) }
    if family == 0x21 { header.source = source(.ipv6, bytes, octets: 16) }
    if family == 0x31 { header.source = .unknown }
    do throws(WireError) {
      try header.takeFields(bytes, 16 + size..<bytes.count)
      return header
    } catch { return nil }
  }

  /// Source, destination, source port, destination port.
  private static func source(
    _ family: PeerAddress.Family, _ bytes: Span<UInt8>, octets count: Int
  ) -> PeerAddress {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    for index in 0..<count { octets[index] = bytes[16 + index] }
    let port = 16 + 2 * count
    return PeerAddress(
      family: family, port: UInt16(bytes[port]) << 8 | UInt16(bytes[port + 1]), octets: octets)
  }

  /// Takes the fields of type, length and value.
  private mutating func takeFields(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) throws(WireError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let value = try value(bytes, &position, range.upperBound)
      if value.type == 0x20 { try takeTLS(bytes, value.range) }
    }
  }

  private func value(
    _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
  ) throws(WireError) -> (type: UInt8, range: Range<Int>) {
    guard position + 3 <= end else { throw .truncated }
    let count = Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
    let start = position + 3
    guard start + count <= end else { throw .truncated }
    defer { position = start + count }
    return (bytes[position], start..<start + count)
  }

  /// Flags of the client, four octets that are 0 for a good certificate, and fields again.
  private mutating func takeTLS(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(WireError) {
    guard range.count >= 5 else { throw .truncated }
    let start = range.lowerBound
    let flags = bytes[start]
    let isVerified = (start + 1..<start + 5).allSatisfy { bytes[$0] == 0 }
    var commonName: Range<Int>?
    var position = start + 5
    while position < range.upperBound {
      let value = try value(bytes, &position, range.upperBound)
      if value.type == 0x22 { commonName = value.range }
    }
    guard flags & 1 != 0 else { return }
    tls = ProxyTLS(hasCertificate: flags & 6 != 0 && isVerified, commonName: commonName)
  }
}

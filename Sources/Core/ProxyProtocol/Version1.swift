import SessionLink

// PROXY TCP4 192.0.2.5 198.51.100.1 6275 1883\r\n

extension ProxyHeader {
  /// The longest line in octets, its end included.
  private static let longestLine = 107
  private static let prefix = Array("PROXY ".utf8)

  static func readLine(_ bytes: Span<UInt8>, consumed: inout Int) -> ProxyStep {
    guard mayBegin(bytes, prefix) else { return .malformed }
    let limit = min(bytes.count, longestLine)
    guard let end = (0..<limit).first(where: { bytes[$0] == 10 }) else {
      return limit < longestLine ? .needMore : .malformed
    }
    guard end > prefix.count, bytes[end - 1] == 13 else { return .malformed }
    guard let header = header(bytes.extracting(prefix.count..<end - 1)) else { return .malformed }
    consumed = end + 1
    return .header(header)
  }

  /// The line behind its first word.
  private static func header(_ line: Span<UInt8>) -> ProxyHeader? {
    let text = line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    let words = text.utf8.split(separator: 32, omittingEmptySubsequences: false).map { Array($0) }
    switch words.first {
    // Whatever follows it is to be ignored.
    case Array("UNKNOWN".utf8): return ProxyHeader()
    case Array("TCP4".utf8): return header(words) { ipv4($0) }
    case Array("TCP6".utf8): return header(words) { ipv6($0) }
    default: return nil
    }
  }

  /// Both addresses and both ports must be good.
  private static func header(
    _ words: [[UInt8]], _ address: ([UInt8]) -> PeerAddress?
  ) -> ProxyHeader? {
    guard words.count == 5, var source = address(words[1]), address(words[2]) != nil,
      let port = decimal(words[3], atMost: 65535), decimal(words[4], atMost: 65535) != nil
    else { return nil }
    source.port = UInt16(port)
    return ProxyHeader(source: source)
  }
}

/// A number without a sign and without zeros in front.
private func decimal(_ digits: some Collection<UInt8>, atMost limit: Int) -> Int? {
  guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
    digits.count == 1 || digits.first != 0x30
  else { return nil }
  let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  return value <= limit ? value : nil
}

private func ipv4Octets(_ text: some Collection<UInt8>) -> [UInt8]? {
  let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  let octets = parts.compactMap { decimal($0, atMost: 255).map { UInt8($0) } }
  return parts.count == 4 && octets.count == 4 ? octets : nil
}

private func ipv4(_ text: [UInt8]) -> PeerAddress? {
  ipv4Octets(text).map { address(.ipv4, $0) }
}

/// [RFC 4291 2.2]
private func ipv6(_ text: [UInt8]) -> PeerAddress? {
  guard text.count <= 45 else { return nil }
  guard let gap = (0..<max(text.count - 1, 0)).first(where: { text[$0...].starts(with: "::".utf8) })
  else {
    guard let octets = groups(text[...]), octets.count == 16 else { return nil }
    return address(.ipv6, octets)
  }
  guard let front = groups(text[..<gap]), let back = groups(text[(gap + 2)...]),
    front.count + back.count <= 14
  else { return nil }
  let zeros = [UInt8](repeating: 0, count: 16 - front.count - back.count)
  return address(.ipv6, front + zeros + back)
}

/// The octets of groups with colons between them; the last may be an IPv4 address.
private func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
  if text.isEmpty { return [] }
  var octets: [UInt8] = []
  let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
  for (index, part) in parts.enumerated() {
    if index == parts.count - 1, let last = ipv4Octets(part) {
      octets += last
    } else {
      guard let group = group(part) else { return nil }
      octets += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
    }
  }
  return octets.count <= 16 ? octets : nil
}

private func group(_ digits: ArraySlice<UInt8>) -> UInt16? {
  guard (1...4).contains(digits.count) else { return nil }
  var value: UInt16 = 0
  for digit in digits {
    switch digit {
    case 0x30...0x39: value = value << 4 | UInt16(digit - 0x30)
    case 0x41...0x46: value = value << 4 | UInt16(digit - 0x41 + 10)
    case 0x61...0x66: value = value << 4 | UInt16(digit - 0x61 + 10)
    default: return nil
    }
  }
  return value
}

private func address(_ family: PeerAddress.Family, _ parts: [UInt8]) -> PeerAddress {
  var octets = InlineArray<16, UInt8>(repeating: 0)
  for (index, octet) in parts.enumerated() { octets[index] = octet }
  return PeerAddress(family: family, port: 0, octets: octets)
}

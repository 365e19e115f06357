/// The header lines of an HTTP message are malformed.
struct MalformedHead: Error {}

/// One header line, by its places in the message.
struct HeaderLine {
  var name: Range<Int>
  var value: Range<Int>
}

/// Goes through the lines of an HTTP message's head, `\r\n` behind each [RFC 9112 2 to 5].
struct HeaderLines {
  private var position = 0
  private let end: Int

  /// Goes through the head that ends at `end`, the place behind its empty line.
  init(end: Int) { self.end = end }

  /// Where the head of `bytes` ends, if all of it is there. `scanned` octets are known to have no
  /// end; it is moved on, so that octets that come one by one are not looked at again and again.
  static func end(of bytes: Span<UInt8>, scanned: inout Int) -> Int? {
    var index = max(scanned, 3)
    while index < bytes.count {
      if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13
      {
        return index + 1
      }
      index += 1
    }
    scanned = bytes.count
    return nil
  }

  /// The next line, without its end.
  mutating func nextLine(of bytes: Span<UInt8>) throws(MalformedHead) -> Range<Int> {
    let start = position
    while position + 1 < end {
      let octet = bytes[position]
      if octet == 13, bytes[position + 1] == 10 {
        position += 2
        return start..<position - 2
      }
      // No other control characters but the tab.
      guard octet >= 0x20 && octet != 0x7F || octet == 9 else { throw MalformedHead() }
      position += 1
    }
    throw MalformedHead()
  }

  /// The next header line; nil behind the last.
  mutating func next(of bytes: Span<UInt8>) throws(MalformedHead) -> HeaderLine? {
    let line = try nextLine(of: bytes)
    if line.isEmpty { return nil }
    guard let colon = line.first(where: { bytes[$0] == UInt8(ascii: ":") }) else {
      throw MalformedHead()
    }
    let name = line.lowerBound..<colon
    guard !name.isEmpty, name.allSatisfy({ isTokenOctet(bytes[$0]) }) else {
      throw MalformedHead()
    }
    return HeaderLine(name: name, value: trimmed(colon + 1..<line.upperBound, of: bytes))
  }
}

/// Without the spaces and tabs around it.
func trimmed(_ range: Range<Int>, of bytes: Span<UInt8>) -> Range<Int> {
  var (start, end) = (range.lowerBound, range.upperBound)
  while start < end, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
  while start < end, bytes[end - 1] == 32 || bytes[end - 1] == 9 { end -= 1 }
  return start..<end
}

/// Whether the octets are this text, whose letters are small; letters of both sizes are the same.
func matches(_ range: Range<Int>, of bytes: Span<UInt8>, _ text: StaticString) -> Bool {
  guard range.count == text.utf8CodeUnitCount else { return false }
  return text.withUTF8Buffer { text in
    range.allSatisfy { small(bytes[$0]) == text[$0 - range.lowerBound] }
  }
}

/// The first of the words between commas for which `isWanted` holds.
func firstWord(
  in range: Range<Int>, of bytes: Span<UInt8>, where isWanted: (Range<Int>) -> Bool
) -> Range<Int>? {
  var start = range.lowerBound
  for index in range.lowerBound...range.upperBound {
    guard index == range.upperBound || bytes[index] == UInt8(ascii: ",") else { continue }
    let word = trimmed(start..<index, of: bytes)
    if isWanted(word) { return word }
    start = index + 1
  }
  return nil
}

private func small(_ octet: UInt8) -> UInt8 {
  (0x41...0x5A).contains(octet) ? octet | 0x20 : octet
}

/// [RFC 9110 5.6.2]
private func isTokenOctet(_ octet: UInt8) -> Bool {
  switch octet {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: "!#$%&'*+-.^_`|~".utf8.contains(octet)
  }
}

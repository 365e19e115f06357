/// Whether `bytes` are well-formed UTF-8 without U+0000 and without surrogates
/// [MQTT-1.5.3-1], [MQTT-1.5.3-2], [MQTT5-1.5.4-1], [MQTT5-1.5.4-2].
@inlinable
public func isWellFormedString(_ bytes: Span<UInt8>) -> Bool {
  var index = 0
  while index < bytes.count {
    let lead = bytes[index]
    if lead &- 1 < 0x7F {
      index += 1
    } else {
      // [MQTT-1.5.3-3], [MQTT5-1.5.4-3] EF BB BF is a character like any other.
      let length = wellFormedSequenceLength(bytes, at: index)
      if length == 0 { return false }
      index += length
    }
  }
  return true
}

/// The length (2...4) of the well-formed multi-octet sequence at `index`, or 0
/// (Unicode 15, table 3-7).
@usableFromInline
func wellFormedSequenceLength(_ bytes: Span<UInt8>, at index: Int) -> Int {
  let length: Int
  var low: UInt8 = 0x80
  var high: UInt8 = 0xBF
  switch bytes[index] {
  case 0xC2...0xDF: length = 2
  case 0xE0: (length, low) = (3, 0xA0)
  case 0xED: (length, high) = (3, 0x9F)
  case 0xE1...0xEF: length = 3
  case 0xF0: (length, low) = (4, 0x90)
  case 0xF4: (length, high) = (4, 0x8F)
  case 0xF1...0xF3: length = 4
  default: return 0
  }
  guard bytes.count - index >= length else { return 0 }
  guard bytes[index + 1] >= low, bytes[index + 1] <= high else { return 0 }
  var next = 2
  while next < length {
    guard bytes[index + next] & 0xC0 == 0x80 else { return 0 }
    next += 1
  }
  return length
}

/// Whether `bytes` are well-formed UTF-8, U+0000 included: what a payload that is text must be
/// [MQTT5 3.3.2.3.2].
public func isWellFormedUTF8(_ bytes: Span<UInt8>) -> Bool {
  var index = 0
  while index < bytes.count {
    let length = bytes[index] < 0x80 ? 1 : wellFormedSequenceLength(bytes, at: index)
    if length == 0 { return false }
    index += length
  }
  return true
}

import MQTTTerms
import WireBytes

/// Whether `name` is a Topic Name of well-formed UTF-8
/// [MQTT-3.3.2-1], [MQTT-3.3.2-2], [MQTT-4.7.3-1].
///
/// Names of ASCII, the common case, are looked at once, a word at a time.
@inlinable
@inline(__always)
func isTopicNameText(_ name: Span<UInt8>) -> Bool {
  let width = MemoryLayout<UInt>.size
  guard name.count >= width else { return isShortTopicNameText(name) }
  let last = name.count &- width
  var index = 0
  while index < last {
    if mayHoldForeignOctet(name, at: index) { return isForeignTopicNameText(name) }
    index &+= width
  }
  // The last word overlaps the one before it.
  return !mayHoldForeignOctet(name, at: last) || isForeignTopicNameText(name)
}

/// Whether the word at `index` may hold a wildcard, U+0000 or an octet beyond ASCII.
/// `+` and `#` differ in one bit only, so one comparison finds both.
@inlinable
@inline(__always)
func mayHoldForeignOctet(_ name: Span<UInt8>, at index: Int) -> Bool {
  let ones = UInt.max / 0xFF
  let word = unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt.self)
  let wildcards = (word | ones &* 0x08) ^ (ones &* 0x2B)
  return ((wildcards &- ones) | (word &- ones) | word) & (ones &* 0x80) != 0
}

/// The same for a name shorter than a word.
@usableFromInline
func isShortTopicNameText(_ name: Span<UInt8>) -> Bool {
  var index = 0
  while index < name.count {
    let octet = name[index]
    if octet >= 0x80 { return isForeignTopicNameText(name) }
    if octet == 0 || octet | 0x08 == 0x2B { return false }
    index &+= 1
  }
  return name.count != 0
}

/// The same for any name, whatever its script.
@usableFromInline
func isForeignTopicNameText(_ name: Span<UInt8>) -> Bool {
  isTopicName(name) && isWellFormedString(name)
}

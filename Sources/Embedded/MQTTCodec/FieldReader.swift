import MQTTTerms
import WireBytes

/// A cursor over the fields of one packet: what `ByteReader` reads, with the rules of MQTT.
@frozen
@usableFromInline
struct FieldReader: ~Escapable {
  @usableFromInline var reader: ByteReader

  @inlinable
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { reader = ByteReader(bytes) }

  @inlinable var isEmpty: Bool { reader.isEmpty }

  @inlinable var count: Int { reader.count }

  @inlinable
  @_lifetime(self: copy self)
  mutating func uint8() throws(CodecError) -> UInt8 {
    do { return try reader.uint8() } catch { throw CodecError(error) }
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func uint16() throws(CodecError) -> UInt16 {
    do { return try reader.uint16() } catch { throw CodecError(error) }
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func packetIdentifier() throws(CodecError) -> PacketIdentifier {
    let identifier = PacketIdentifier(try uint16())
    // [MQTT-2.3.1-1]
    guard !identifier.isNone else { throw .malformedPacketIdentifier }
    return identifier
  }

  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func binaryData() throws(CodecError) -> Span<UInt8> {
    do { return try reader.binaryData() } catch { throw CodecError(error) }
  }

  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func string() throws(CodecError) -> Span<UInt8> {
    // [MQTT-1.4.0-1] [MQTT-1.4.0-2]
    do { return try reader.string() } catch { throw CodecError(error) }
  }

  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func topicName() throws(CodecError) -> Span<UInt8> {
    let name = try binaryData()
    // [MQTT-3.3.2-1] [MQTT-3.3.2-2] [MQTT-4.7.3-1]
    guard isPlainTopicName(name) || isForeignTopicName(name) else { throw .malformedTopicName }
    return name
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func topicFilter() throws(CodecError) -> Span<UInt8> {
    let filter = try string()
    // [MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT-4.7.3-1]
    guard isTopicFilter(filter) else { throw .malformedTopicFilter }
    return filter
  }

  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func rest() -> Span<UInt8> { reader.rest() }

  /// Throws unless everything has been read.
  @inlinable
  func finish() throws(CodecError) {
    guard reader.isEmpty else { throw .trailingBytes }
  }
}

/// Whether `name` is a Topic Name of ASCII alone, the common case: looks at a word at a time.
/// False says nothing; `isForeignTopicName` decides then.
@inlinable
func isPlainTopicName(_ name: Span<UInt8>) -> Bool {
  let width = MemoryLayout<UInt>.size
  guard name.count >= width else { return isShortPlainTopicName(name) }
  let last = name.count &- width
  var index = 0
  while index < last {
    if holdsForeignOctet(name, at: index) { return false }
    index &+= width
  }
  return !holdsForeignOctet(name, at: last)
}

/// Whether the word at `index` may hold a wildcard, U+0000 or an octet beyond ASCII.
/// `+` and `#` differ in one bit only, so one comparison finds both.
@inlinable
func holdsForeignOctet(_ name: Span<UInt8>, at index: Int) -> Bool {
  let ones = UInt.max / 0xFF
  let word = unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt.self)
  let wildcards = (word | ones &* 0x08) ^ (ones &* 0x2B)
  return ((wildcards &- ones) | (word &- ones) | word) & (ones &* 0x80) != 0
}

@inlinable
func isShortPlainTopicName(_ name: Span<UInt8>) -> Bool {
  var index = 0
  while index < name.count {
    let octet = name[index]
    if octet &- 1 >= 0x7F || octet | 0x08 == 0x2B { return false }
    index &+= 1
  }
  return name.count != 0
}

/// Whether `name` is a Topic Name, whatever its script.
@usableFromInline
func isForeignTopicName(_ name: Span<UInt8>) -> Bool {
  isTopicName(name) && isWellFormedString(name)
}

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

  @_lifetime(self: copy self)
  mutating func uint32() throws(CodecError) -> UInt32 {
    do { return try reader.uint32() } catch { throw CodecError(error) }
  }

  /// A Variable Byte Integer of 5.0.
  @_lifetime(self: copy self)
  mutating func variableByteInteger() throws(CodecError) -> Int {
    let before = count
    let value: Int
    do { value = try reader.variableByteInteger() } catch {
      throw error == .truncated ? .truncated : .malformedInteger
    }
    // [MQTT5-1.5.5-1]
    guard before - count == VariableByteInteger.encodedSize(value) else { throw .malformedInteger }
    return value
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func bytes(_ count: Int) throws(CodecError) -> Span<UInt8> {
    do { return try reader.bytes(count) } catch { throw CodecError(error) }
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func packetIdentifier() throws(CodecError) -> PacketIdentifier {
    let identifier = PacketIdentifier(try uint16())
    // [MQTT-2.3.1-1] [MQTT5-2.2.1-3] [MQTT5-2.2.1-4]
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
    // [MQTT-1.5.3-1] [MQTT-1.5.3-2] [MQTT5-1.5.4-1] [MQTT5-1.5.4-2]
    do { return try reader.string() } catch { throw CodecError(error) }
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func topicName() throws(CodecError) -> Span<UInt8> {
    let name = try binaryData()
    // [MQTT-3.3.2-1] [MQTT-3.3.2-2] [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT5-4.7.0-1]
    // [MQTT5-4.7.3-1] [MQTT5-4.7.3-2]
    guard isTopicNameText(name) else { throw .malformedTopicName }
    return name
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func topicFilter() throws(CodecError) -> Span<UInt8> {
    let filter = try string()
    // [MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT-4.7.3-1] [MQTT5-4.7.1-1] [MQTT5-4.7.1-2]
    // [MQTT5-4.7.3-1] [MQTT5-4.7.3-2]
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

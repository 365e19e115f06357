/// The Variable Byte Integer of MQTT: seven bits an octet, least significant first, at most four
/// octets [MQTT 1.5.5].
public enum VariableByteInteger {
  /// The largest value that four octets hold.
  @inlinable public static var maximum: Int { 268_435_455 }

  /// How many octets `value` takes (1...4).
  @inlinable
  public static func encodedSize(_ value: Int) -> Int {
    value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
  }
}

extension ByteReader {
  /// Reads a Variable Byte Integer of one to four octets [MQTT 1.5.5].
  @inlinable
  @_lifetime(self: copy self)
  public mutating func variableByteInteger() throws(WireError) -> Int {
    var value = 0
    var index = 0
    while index < 4 {
      guard index < remaining.count else { throw .truncated }
      let octet = remaining[index]
      value |= Int(octet & 0x7F) << (7 * index)
      index += 1
      if octet < 0x80 {
        remaining = remaining.extracting(index..<remaining.count)
        return value
      }
    }
    throw .malformedInteger
  }
}

extension OutputRawSpan {
  /// Appends `value` (0...268,435,455) as a Variable Byte Integer in as few octets as it takes
  /// [MQTT5-1.5.5-1]; the caller has checked the room.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append(variableByteInteger value: Int) {
    var rest = value
    while rest >= 128 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}

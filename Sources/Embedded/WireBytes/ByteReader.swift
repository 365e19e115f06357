/// What can be wrong with bytes that are being read or written. Sorted by whose fault it is.
public enum WireError: Error, Equatable {
  /// The peer's: the bytes end before the value does.
  case truncated
  /// The peer's: a Variable Byte Integer of more than four octets.
  case malformedInteger
  /// The peer's: a string that is not well-formed UTF-8, or holds U+0000.
  case malformedString
  /// Out of room: the output has less free capacity than the value needs.
  case outOfRoom
}

/// A cursor over borrowed bytes. Every read checks the bounds once and moves on; nothing is copied.
///
/// All multi-octet integers are big-endian, as in MQTT 1.5.2 and MQTT-SN 5.
@frozen
public struct ByteReader: ~Escapable {
  /// The bytes that have not been read yet.
  public var remaining: Span<UInt8>

  /// Reads from the first byte of `bytes`.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { remaining = bytes }

  /// The number of bytes that have not been read yet.
  @inlinable public var count: Int { remaining.count }

  /// Whether everything has been read.
  @inlinable public var isEmpty: Bool { remaining.isEmpty }

  /// Reads one octet.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func uint8() throws(WireError) -> UInt8 {
    guard remaining.count >= 1 else { throw .truncated }
    let value = remaining[0]
    remaining = remaining.extracting(1..<remaining.count)
    return value
  }

  /// Reads a Two Byte Integer.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func uint16() throws(WireError) -> UInt16 {
    guard remaining.count >= 2 else { throw .truncated }
    let value = UInt16(remaining[0]) << 8 | UInt16(remaining[1])
    remaining = remaining.extracting(2..<remaining.count)
    return value
  }

  /// Reads a Four Byte Integer.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func uint32() throws(WireError) -> UInt32 {
    let high = try uint16()
    return UInt32(truncatingIfNeeded: high) << 16 | UInt32(truncatingIfNeeded: try uint16())
  }

  /// Reads the next `count` bytes.
  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func bytes(_ count: Int) throws(WireError) -> Span<UInt8> {
    guard count >= 0, remaining.count >= count else { throw .truncated }
    let head = remaining.extracting(0..<count)
    remaining = remaining.extracting(count..<remaining.count)
    return head
  }

  /// Reads Binary Data: a Two Byte Integer length, then that many bytes [MQTT 1.5.6].
  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func binaryData() throws(WireError) -> Span<UInt8> {
    let count = Int(try uint16())
    return try bytes(count)
  }

  /// Reads a UTF-8 Encoded String and checks it [MQTT 1.5.4].
  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func string() throws(WireError) -> Span<UInt8> {
    let text = try binaryData()
    guard isWellFormedString(text) else { throw .malformedString }
    return text
  }

  /// Reads all that is left.
  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func rest() -> Span<UInt8> {
    let all = remaining
    remaining = all.extracting(all.count..<all.count)
    return all
  }
}

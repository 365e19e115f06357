// Writers check the room once, up front, with `requireRoom`, and then append octet by octet:
// `append(_:as:)` for wider integers stores aligned and faults on a Cortex-M0 at odd addresses.

extension OutputRawSpan {
  /// Throws `outOfRoom` unless `count` more bytes fit.
  @inlinable
  public func requireRoom(_ count: Int) throws(WireError) {
    guard freeCapacity >= count else { throw .outOfRoom }
  }

  /// Appends a Two Byte Integer, high octet first.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append(bigEndian value: UInt16) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  /// Appends a Four Byte Integer, high octet first.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append(bigEndian value: UInt32) {
    append(bigEndian: UInt16(truncatingIfNeeded: value >> 16))
    append(bigEndian: UInt16(truncatingIfNeeded: value))
  }

  /// Appends all of `bytes`. Traps when they do not fit: ask `requireRoom` first.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append(bytes: Span<UInt8>) {
    precondition(bytes.count <= freeCapacity)
    unsafe withUnsafeMutableBytes { buffer, initialized in
      unsafe bytes.withUnsafeBufferPointer { source in
        if let from = source.baseAddress, let to = buffer.baseAddress {
          unsafe (to + initialized).copyMemory(from: from, byteCount: source.count)
        }
      }
      initialized += bytes.count
    }
  }

  /// Appends `head` and then all of `tail`, with one check for both. Traps when they do not fit:
  /// ask `requireRoom` first.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func append<let count: Int>(
    _ head: InlineArray<count, UInt8>, then tail: Span<UInt8>
  ) {
    precondition(tail.count <= freeCapacity - count)
    unsafe withUnsafeMutableBytes { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      let to = unsafe start + initialized
      var index = 0
      while index < count {
        unsafe to.storeBytes(of: head[index], toByteOffset: index, as: UInt8.self)
        index &+= 1
      }
      unsafe tail.withUnsafeBufferPointer { source in
        if let from = source.baseAddress {
          unsafe (to + count).copyMemory(from: from, byteCount: source.count)
        }
      }
      initialized += count + tail.count
    }
  }

  /// Appends Binary Data or a UTF-8 Encoded String: a Two Byte Integer length, then `bytes`
  /// (at most 65,535 of them).
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append(lengthPrefixed bytes: Span<UInt8>) {
    append(bigEndian: UInt16(truncatingIfNeeded: bytes.count))
    append(bytes: bytes)
  }
}

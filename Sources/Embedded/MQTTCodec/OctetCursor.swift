/// Writes octets one after another to where room was checked before: the one unsafe place of this
/// module, for the packet that is written most.
@frozen
@usableFromInline
struct OctetCursor {
  @usableFromInline var next: UnsafeMutableRawPointer

  @inlinable
  init(_ start: UnsafeMutableRawPointer) { unsafe next = start }

  @inlinable
  @inline(__always)
  mutating func put(_ octet: UInt8) {
    unsafe next.storeBytes(of: octet, as: UInt8.self)
    unsafe next += 1
  }

  @inlinable
  @inline(__always)
  mutating func put(bigEndian value: UInt16) {
    put(UInt8(truncatingIfNeeded: value >> 8))
    put(UInt8(truncatingIfNeeded: value))
  }

  @inlinable
  @inline(__always)
  mutating func put(variableByteInteger value: Int) {
    var rest = value
    while rest >= 128 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable
  @inline(__always)
  mutating func put(bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      unsafe next.copyMemory(from: start, byteCount: source.count)
      unsafe next += source.count
    }
  }
}

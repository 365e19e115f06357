extension OutputRawSpan {
  /// Appends `bytes`, each with its octet of `mask`, whose lowest is for the first; there must be
  /// room. Gives the mask for what follows.
  @_lifetime(self: copy self)
  mutating func append(_ bytes: Span<UInt8>, masked mask: UInt32) -> UInt32 {
    let count = bytes.count
    withUnsafeMutableBytes { room, initializedCount in
      precondition(count <= room.count - initializedCount)
      bytes.withUnsafeBytes { source in
        guard let from = source.baseAddress, let base = room.baseAddress else { return }
        mix(from, to: base + initializedCount, count, mask)
      }
      initializedCount += count
    }
    return mask.rotated(by: count)
  }
}

/// Eight octets at a time, then the rest.
private func mix(
  _ from: UnsafeRawPointer, to: UnsafeMutableRawPointer, _ count: Int, _ mask: UInt32
) {
  let wide = (UInt64(mask) << 32 | UInt64(mask)).littleEndian
  var index = 0
  while index + 8 <= count {
    let word = from.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
    to.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
    index += 8
  }
  while index < count {
    let octet = from.load(fromByteOffset: index, as: UInt8.self)
    let key = UInt8(truncatingIfNeeded: mask >> UInt32(8 * (index & 3)))
    to.storeBytes(of: octet ^ key, toByteOffset: index, as: UInt8.self)
    index += 1
  }
}

extension UInt32 {
  /// A mask for what stands `count` octets further.
  fileprivate func rotated(by count: Int) -> UInt32 {
    let shift = UInt32(8 * (count & 3))
    return shift == 0 ? self : self >> shift | self << (32 - shift)
  }
}

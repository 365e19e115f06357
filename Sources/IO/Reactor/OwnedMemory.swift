/// A fixed piece of memory with one owner: what system calls read from and write to. Not cleared,
/// so pages that nobody touches cost nothing.
public struct OwnedMemory: ~Copyable {
  /// The first octet.
  public let base: UnsafeMutableRawPointer
  /// The size in octets.
  public let byteCount: Int

  /// Allocates `byteCount` octets.
  public init(byteCount: Int) {
    self.byteCount = byteCount
    base = .allocate(byteCount: max(byteCount, 1), alignment: 16)
  }

  deinit { base.deallocate() }

  /// The `count` octets from `offset` on; traps outside.
  public func room(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
    precondition(offset >= 0 && count >= 0 && count <= byteCount - offset)
    return UnsafeMutableRawBufferPointer(start: base + offset, count: count)
  }
}

extension Slab where Element == UInt8 {
  /// Lets `body` append up to `room` octets in place; what it has written stays, also when it
  /// throws.
  @inlinable
  public mutating func write<Failure: Error>(
    room: Int, _ body: (inout OutputRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    if storedCount + room > capacity { grow(to: max(capacity * 2, storedCount + room)) }
    let free = UnsafeMutableRawBufferPointer(start: base + storedCount, count: room)
    var output = OutputRawSpan(buffer: free, initializedCount: 0)
    do throws(Failure) {
      try body(&output)
    } catch {
      storedCount += output.finalize(for: free)
      throw error
    }
    storedCount += output.finalize(for: free)
  }
}

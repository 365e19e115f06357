extension ReceiveBuffer {
  /// Lets `body` append at most `readLimit` octets behind what `tail` holds, for a stream whose
  /// octets come out of another layer. Like `receive` else: parse `bytes`, then call `finish` with
  /// the same tail. False, and nothing is done, when the tail is too long already.
  public mutating func fill(
    behind tail: inout TailBuffer, _ body: (inout OutputRawSpan) -> Void
  ) -> Bool {
    lent = TailBuffer()
    if tail.count > ReceiveBuffer.longestCopiedTail { return fillLong(&tail, body) }
    let count = tail.count
    if let kept = tail.base { shared.base.copyMemory(from: kept, byteCount: count) }
    filled = count + ReceiveBuffer.append(to: shared.base + count, readLimit, body)
    return true
  }

  private mutating func fillLong(
    _ tail: inout TailBuffer, _ body: (inout OutputRawSpan) -> Void
  ) -> Bool {
    guard tail.count <= ReceiveBuffer.longestTail else { return false }
    tail.makeRoom(readLimit)
    guard let base = tail.base else { return false }
    let added = ReceiveBuffer.append(to: base + tail.count, readLimit, body)
    tail.storedCount &+= UInt32(truncatingIfNeeded: added)
    swap(&lent, &tail)
    return true
  }

  private static func append(
    to place: UnsafeMutableRawPointer, _ count: Int, _ body: (inout OutputRawSpan) -> Void
  ) -> Int {
    let room = UnsafeMutableRawBufferPointer(start: place, count: count)
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    body(&output)
    return output.finalize(for: room)
  }
}

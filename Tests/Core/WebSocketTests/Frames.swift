@testable import WebSocket

/// What a reader has made of some octets.
struct FrameTale: Equatable {
  var octets: [UInt8] = []
  var steps: [FrameStep] = []
}

/// Feeds octets in pieces of at most `size`; whatever is not taken comes again.
func tale(
  of octets: [UInt8], _ role: FrameRole = .server, size: Int = .max, room: Int = 1 << 16
) -> FrameTale {
  var reader = FrameReader(role)
  var tale = FrameTale()
  var pending: [UInt8] = []
  var rest = octets[...]
  while !rest.isEmpty {
    pending += rest.prefix(size)
    rest = rest.dropFirst(size)
    var consumed = 0
    var step = FrameStep.needRoom
    while step != .needMore {
      let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        var output = OutputRawSpan(
          buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
        step = reader.receive(pending.span, consumed: &consumed, into: &output)
        count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
      }
      tale.octets += piece
      if step != .needMore, step != .needRoom { tale.steps.append(step) }
      if case .failed = step { return tale }
    }
    pending.removeFirst(consumed)
  }
  return tale
}

/// The octets that `write` appends.
func octets(_ write: (inout OutputRawSpan) -> Void) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: 1 << 17) { buffer, count in
    var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
    write(&output)
    count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
  }
}

/// A frame as a client sends it.
func frame(
  _ kind: FrameKind, _ content: [UInt8], isFinal: Bool = true, mask: UInt32? = 0x0D0C_0B0A
) -> [UInt8] {
  let header = octets {
    FrameHeader(kind, isFinal: isFinal, mask: mask, contentCount: UInt64(content.count))
      .encode(into: &$0)
  }
  guard let mask else { return header + content }
  return header
    + content.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: mask >> UInt32(8 * ($0 & 3))) }
}

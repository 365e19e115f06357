import MQTTTerms
import SerialFraming

/// Every framing of a serial line, for the same proof: the node's image has `hdlc` alone.
struct FramingProof {
  private var reader: LineReader<64>
  private let writer: LineWriter

  init(_ format: LineFormat) {
    reader = LineReader(format)
    writer = LineWriter(format)
  }

  /// Sends everything that comes back to where it came from.
  mutating func echo(
    _ bytes: Span<UInt8>, _ output: inout OutputRawSpan, at now: TickTime
  ) throws(FramingError) {
    var index = 0
    while reader.push(bytes, from: &index, at: now) {
      try writer.encode(reader.frame, to: reader.source, isOpening: true, into: &output)
    }
    reader.reset()
  }
}

/// The octets that the echo of `memory` has in `format`.
@c(framing_proof)
public func proveFraming(
  _ memory: UnsafeMutableRawPointer, _ count: Int, _ format: UInt8
) -> Int {
  let buffer = UnsafeMutableRawBufferPointer(start: memory, count: count)
  let bytes = UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self).span
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  var proof = FramingProof(LineFormat(rawValue: format) ?? .hdlc)
  do throws(FramingError) {
    try proof.echo(bytes, &output, at: TickTime(milliseconds: 0))
  } catch { return 0 }
  return output.finalize(for: buffer)
}

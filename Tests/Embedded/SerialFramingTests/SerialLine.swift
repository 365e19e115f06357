import MQTTTerms

@testable import SerialFraming

/// The octets of the frame of `body`, or the error.
func framed(
  _ body: [UInt8], isOpening: Bool = true, limit: Int = 255, capacity: Int = 2000
) throws(FramingError) -> [UInt8] {
  try line(.hdlc, body, isOpening: isOpening, limit: limit, capacity: capacity)
}

/// What a line writer puts on the line for `body`, or the error.
func line(
  _ format: LineFormat, _ body: [UInt8], to station: RadioAddress = .everybody,
  frameID: UInt8 = 1, isOpening: Bool = true, limit: Int = 255, capacity: Int = 2000
) throws(FramingError) -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
  defer { buffer.deallocate() }
  var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
  try LineWriter(format, limit: limit).encode(
    body.span, to: station, frameID: frameID, isOpening: isOpening, into: &output)
  return Array(buffer[..<output.finalize(for: buffer)])
}

/// A frame as a radio sends it: API id and data between delimiter, length and sum.
func radioFrame(_ data: [UInt8], escaping: Bool) -> [UInt8] {
  let sum = 0xFF &- data.reduce(0, &+)
  let inside = [UInt8(data.count >> 8), UInt8(data.count & 255)] + data + [sum]
  return [0x7E] + (escaping ? inside.flatMap { isEscaped($0) ? [0x7D, $0 ^ 0x20] : [$0] } : inside)
}

/// What a radio puts on the line for a message that has come from the radio at `source`.
func received(
  _ message: [UInt8],
  from source: RadioAddress = RadioAddress(high: 0x0013_A200, low: 0x4061_2BB1),
  _ format: LineFormat
) -> [UInt8] {
  let wide = [source.high, source.low].flatMap { half in
    [24, 16, 8, 0].map { UInt8(half >> UInt32($0) & 255) }
  }
  let short = [UInt8(source.short >> 8), UInt8(source.short & 255)]
  return radioFrame([0x90] + wide + short + [0x01] + message, escaping: format == .xbee2)
}

extension LineReader {
  /// All messages in `octets`, which arrive at once.
  mutating func messages(in octets: [UInt8], at milliseconds: UInt32 = 0) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var index = 0
    let now = TickTime(milliseconds: milliseconds)
    while push(octets.span, from: &index, at: now) {
      found.append(frame.indices.map { frame[$0] })
    }
    return found
  }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

import Fuzzing
import MQTTTerms

@testable import SerialFraming

/// Reads a line's octets, in pieces and at once, and then what the writer writes behind them.
///
/// The first octet chooses the format (modulo 4) and the limit, the second the length of the
/// message that is written, the third the pieces; then come that message and the line's octets.
public func fuzzLine(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let choice = input.octet()
  let format = LineFormat(rawValue: choice % 4) ?? .hdlc
  let limit = choice < 0x80 ? 255 : Int(choice & 0x3F)
  let length = Int(input.octet())
  var pieces = Int(input.octet())
  let message = message(format, input.octets(length))
  let noise = input.rest()

  var atOnce = LineReader<255>(format, limit: limit)
  let found = atOnce.messages(in: noise)
  try check(found, atOnce.counters, noise, format, limit)
  var inPieces = LineReader<255>(format, limit: limit)
  var apart: [[UInt8]] = []
  var rest = noise[...]
  while !rest.isEmpty {
    let count = min(rest.count, 1 + pieces & 7)
    pieces = pieces >> 3 | pieces << 5 & 0xFF
    apart += inPieces.messages(in: Array(rest.prefix(count)))
    rest = rest.dropFirst(count)
  }
  try demand(apart == found, "\(format): \(hexadecimal(noise)) depends on where it is cut")
  try demand(inPieces.counters == atOnce.counters, "\(format): counters depend on the cut")
  try write(message, format, limit, behind: noise, to: &inPieces)
  inPieces.reset()
  try write(message, format, limit, behind: noise, to: &inPieces)
}

/// A message that the format can carry; `raw` needs the Length.
private func message(_ format: LineFormat, _ octets: [UInt8]) -> [UInt8] {
  guard format == .raw, octets.count >= 2 else { return octets }
  return [UInt8(octets.count)] + octets.dropFirst()
}

private func check(
  _ found: [[UInt8]], _ counters: FrameCounters, _ octets: [UInt8], _ format: LineFormat,
  _ limit: Int
) throws {
  let total = found.reduce(0) { $0 + $1.count }
  var name: String { "\(format) up to \(limit): \(hexadecimal(octets))" }
  try demand(Int(counters.frames) == found.count, "\(name): \(counters)")
  try demand(total + Int(counters.discardedOctets) <= octets.count, "\(name): \(counters)")
  for frame in found {
    try demand(!frame.isEmpty && frame.count <= limit, "\(name): a frame of \(frame.count)")
    let isWhole = format != .raw || frame.count == Int(frame[0])
    try demand(isWhole, "\(name): \(hexadecimal(frame)) is no message")
  }
}

/// Writes a message after a silence that ends whatever was on the line, and reads it.
private func write(
  _ message: [UInt8], _ format: LineFormat, _ limit: Int, behind noise: [UInt8],
  to reader: inout LineReader<255>
) throws {
  var name: String {
    "\(format) up to \(limit): \(hexadecimal(message)) behind \(hexadecimal(noise))"
  }
  var octets: [UInt8]
  do {
    octets = try line(format, message, limit: limit)
  } catch {
    let needsLength = format == .raw && message.count < 2
    let isUnfit = message.isEmpty || message.count > limit || needsLength
    return try demand(error == .unframeable && isUnfit, "\(name): \(error)")
  }
  // A radio hears a request and brings a packet.
  if format.hasRadios { octets = received(message, format) }
  let isReadable = !format.hasRadios || message.count <= 255 - 16
  let found = reader.messages(in: octets, at: 1_000)
  guard isReadable else { return }
  try demand(found.last == message, "\(name): \(found)")
  switch format {
  // The opening delimiter may also have closed a frame.
  case .hdlc: try demand(found.count <= 2, "\(name): \(found)")
  case .raw, .xbee2: try demand(found.count == 1, "\(name): \(found)")
  // Frames inside the one that the silence has ended.
  case .xbee1: break
  }
}

import Fuzzing

@testable import WebSocket

/// Reads octets as frames, at once and in pieces, with much room and with little.
///
/// The first octet chooses who reads (its lowest bit) and the room, the second the pieces; then come
/// the octets. What is read does not depend on the cut, and is never more than came.
public func fuzzFrames(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let choice = input.octet()
  let role: FrameRole = choice & 1 == 0 ? .server : .client
  let size = 1 + Int(input.octet() & 31)
  let stream = input.rest()
  let atOnce = tale(of: stream, role)
  let apart = tale(of: stream, role, size: size, room: 1 + Int(choice >> 1))
  try demand(atOnce == apart, "\(hexadecimal(stream)) depends on where it is cut: \(apart)")
  try demand(atOnce.octets.count <= stream.count, "\(hexadecimal(stream)) grows")
  try checkAnswers(stream, role)
  // What is written is read.
  let mask: UInt32? = role == .server ? 0x0102_0304 &* UInt32(choice) : nil
  let written = WebSocketTests.octets {
    FrameReader.encodeBinary(stream.span, mask: mask, into: &$0)
  }
  let read = tale(of: written, role, size: size)
  try demand(read == FrameTale(octets: stream), "\(hexadecimal(written)): \(read)")
}

/// Every ping has a pong that the other side can read.
private func checkAnswers(_ stream: [UInt8], _ role: FrameRole) throws {
  var reader = FrameReader(role)
  var consumed = 0
  var step = FrameStep.ping
  while step == .ping || step == .needRoom {
    _ = octets { step = reader.receive(stream.span, consumed: &consumed, into: &$0) }
    try demand(consumed <= stream.count, "\(hexadecimal(stream)): \(consumed)")
    guard step == .ping else { continue }
    let pong = octets { reader.encodePong(mask: role == .client ? 7 : nil, into: &$0) }
    let other: FrameRole = role == .server ? .client : .server
    try demand(tale(of: pong, other) == FrameTale(), "\(hexadecimal(pong)) is no pong")
  }
}

import Fuzzing
import MQTTSNCodec

/// Reads one datagram; what can be read must be written and read again as the same.
///
/// The first octet chooses how the others become a datagram (modulo 4): as they are, or as type and
/// body behind a true Length of the short form, of the long form, or in a forwarder's envelope.
public func fuzzMessage(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let datagram = datagram(choice: input.below(4), input.rest())
  guard let words = words(of: datagram) else { return }
  var name: String { "\(hexadecimal(datagram)) \(words)" }
  let again = try written(datagram, name)
  try demand(again.count <= datagram.count, "\(name): written as \(hexadecimal(again))")
  let read = fields(of: again.span)
  try demand(read == words, "\(name): read again as \(read)")
  let third = try written(again, name)
  try demand(third == again, "\(name): written as \(hexadecimal(again)), \(hexadecimal(third))")
  try checkRoom(again, name)
}

private func datagram(choice: Int, _ octets: [UInt8]) -> [UInt8] {
  switch choice {
  case 1 where octets.count < 255: return [UInt8(octets.count + 1)] + octets
  case 2 where octets.count < 65_000:
    let count = octets.count + 3
    return [1, UInt8(count >> 8), UInt8(count & 255)] + octets
  case 3 where octets.count < 250:
    return [5, 0xFE, 1, 0x0A, 0x0B, UInt8(octets.count + 1)] + octets
  default: return octets
  }
}

/// What the datagram means, or nil where it means nothing.
private func words(of datagram: [UInt8]) -> String? {
  do {
    return describe(try Message.decode(datagram.span))
  } catch { return nil }
}

private func written(_ datagram: [UInt8], _ name: @autoclosure () -> String) throws -> [UInt8] {
  do {
    return try encode(try Message.decode(datagram.span))
  } catch { throw Finding("\(name()): read but not written: \(error)") }
}

/// Where an octet of room is missing the message is refused.
private func checkRoom(_ datagram: [UInt8], _ name: @autoclosure () -> String) throws {
  do {
    _ = try encode(try Message.decode(datagram.span), capacity: datagram.count - 1)
    throw Finding("\(name()): written where it has no room")
  } catch let error as CodecError {
    try demand(error == .outOfRoom, "\(name()): \(error) instead of outOfRoom")
  }
}

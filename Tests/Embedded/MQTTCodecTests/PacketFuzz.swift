import Fuzzing
import MQTTCodec

/// Reads one packet of any version; what can be read must be written and read again as the same.
///
/// The first octet chooses the version (modulo 3) and, from 0x80 on, that the packet's Remaining
/// Length is set right; the others are the packet.
public func fuzzPacket(_ octets: [UInt8]) throws {
  var input = FuzzInput(octets)
  let choice = input.octet()
  let version: ProtocolVersion = [.mqtt31, .mqtt311, .mqtt50][Int(choice % 3)]
  let packet = choice < 0x80 ? input.rest() : withTrueLength(input.octet(), input.rest())
  guard case .packet(let words) = read(packet, version: version) else { return }
  var name: String { "\(version) \(hexadecimal(packet)) \(words)" }
  try checkEnd(of: packet, version, name)
  let again = try written(packet, version, name)
  let reading = read(again, version: version)
  try demand(reading == .packet(words), "\(name): read again as \(reading)")
  let third = try written(again, version, name)
  try demand(third == again, "\(name): written as \(hexadecimal(again)), \(hexadecimal(third))")
  try checkRoom(again, version, name)
}

private func withTrueLength(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
  var length = body.count
  var packet = [first]
  repeat {
    packet.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
    length >>= 7
  } while length > 0
  return packet + body
}

/// A packet that lacks its last octet is none yet, and octets behind it are not looked at.
private func checkEnd(
  of packet: [UInt8], _ version: ProtocolVersion, _ name: @autoclosure () -> String
) throws {
  guard let header = try FixedHeader.decode(packet.span, version: version) else { return }
  let whole = Array(packet[..<header.packetSize])
  let short = read(Array(whole.dropLast()), version: version)
  try demand(short == .needMore, "\(name()): \(short) without its last octet")
  let (alone, followed) = (read(whole, version: version), read(whole + [0xFF], version: version))
  try demand(alone == followed, "\(name()): \(alone), \(followed) with an octet behind it")
}

private func written(
  _ packet: [UInt8], _ version: ProtocolVersion, _ name: @autoclosure () -> String
) throws -> [UInt8] {
  do {
    return try rewrite(packet, version: version, capacity: packet.count)
  } catch {
    throw Finding("\(name()): read but not written: \(error)")
  }
}

/// Where an octet of room is missing the packet is refused.
private func checkRoom(
  _ packet: [UInt8], _ version: ProtocolVersion, _ name: @autoclosure () -> String
) throws {
  do {
    let cut = try rewrite(packet, version: version, capacity: packet.count - 1)
    throw Finding("\(name()): written as \(hexadecimal(cut)) where it has no room")
  } catch let error as CodecError {
    try demand(error == .outOfRoom, "\(name()): \(error) instead of outOfRoom")
  }
}

/// Octets that are no packet that a server may send.
struct BadOctets: Error {
  var what: String
}

extension Packet {
  /// The size of the packet at the start of `bytes`; nil as long as that cannot be told.
  static func size(_ bytes: ArraySlice<UInt8>) throws -> Int? {
    var reader = OctetReader(bytes: bytes.dropFirst())
    guard let length = try? reader.variable() else {
      if bytes.count > 5 { throw BadOctets(what: "a Remaining Length of more than 4 octets") }
      return nil
    }
    return bytes.count - reader.bytes.count + Int(length)
  }

  /// Reads exactly one packet of a server.
  init(decoding bytes: ArraySlice<UInt8>, _ version: Version) throws {
    var reader = OctetReader(bytes: bytes)
    let first = try reader.octet()
    guard let kind = Kind(rawValue: first >> 4) else { throw BadOctets(what: "packet type 0") }
    guard try Int(reader.variable()) == reader.bytes.count else {
      throw BadOctets(what: "a false Remaining Length")
    }
    self.init(kind: kind)
    try readFlags(first & 0xF)
    if kind == .publish { topic = try reader.text() }
    if kind.hasIdentifier || qos > 0 { identifier = UInt16(try reader.big(2)) }
    if kind == .connack { try readPresent(&reader, version) }
    try readCode(&reader, version)
    if version == .v50, kind != .pingresp, !reader.bytes.isEmpty || !isShortened {
      properties = try reader.properties()
    }
    readRest(&reader, version)
    if !reader.bytes.isEmpty { throw BadOctets(what: "\(reader.bytes.count) octets too many") }
  }

  private mutating func readFlags(_ flags: UInt8) throws {
    if kind == .publish {
      isRetained = flags & 1 != 0
      qos = flags >> 1 & 3
      isDuplicate = flags & 8 != 0
    } else if flags != kind.flags {
      throw BadOctets(what: "flags \(flags) in a \(kind.name)")
    }
  }

  private mutating func readPresent(_ reader: inout OctetReader, _ version: Version) throws {
    let flags = try reader.octet()
    guard flags <= 1, flags == 0 || version != .v31 else {
      throw BadOctets(what: "flags \(flags) in a CONNACK")
    }
    isSessionPresent = flags == 1
  }

  /// Whether code and properties may be left away together.
  private var isShortened: Bool { kind.hasCode && kind != .connack }

  private mutating func readCode(_ reader: inout OctetReader, _ version: Version) throws {
    guard kind.hasCode else { return }
    if kind == .connack || version == .v50 && !reader.bytes.isEmpty { code = try reader.octet() }
  }

  private mutating func readRest(_ reader: inout OctetReader, _ version: Version) {
    if kind == .publish { payload = reader.rest() }
    if kind == .suback || kind == .unsuback && version == .v50 { codes = reader.rest() }
  }
}

/// Takes values off the front of octets.
struct OctetReader {
  var bytes: ArraySlice<UInt8>

  mutating func octet() throws -> UInt8 {
    guard let octet = bytes.popFirst() else { throw BadOctets(what: "an early end") }
    return octet
  }

  mutating func big(_ count: Int) throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count { value = value << 8 | UInt32(try octet()) }
    return value
  }

  mutating func variable() throws -> UInt32 {
    var value: UInt32 = 0
    for place in 0..<4 {
      let next = try octet()
      value |= UInt32(next & 0x7F) << (7 * UInt32(place))
      guard next & 0x80 != 0 else {
        if next == 0, place > 0 { throw BadOctets(what: "a number longer than it need be") }
        return value
      }
    }
    throw BadOctets(what: "a number of more than 4 octets")
  }

  mutating func text() throws -> [UInt8] {
    let count = Int(try big(2))
    guard count <= bytes.count else { throw BadOctets(what: "a text that ends early") }
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  mutating func rest() -> [UInt8] {
    defer { bytes = [] }
    return Array(bytes)
  }

  mutating func properties() throws -> [Property] {
    let count = Int(try variable())
    guard count <= bytes.count else { throw BadOctets(what: "properties that end early") }
    var inner = OctetReader(bytes: bytes.prefix(count))
    bytes = bytes.dropFirst(count)
    var found: [Property] = []
    while !inner.bytes.isEmpty { found.append(try inner.property()) }
    return found
  }

  private mutating func property() throws -> Property {
    let number = try variable()
    guard let name = Property.name(number: UInt8(truncatingIfNeeded: number)), number < 256 else {
      throw BadOctets(what: "property \(number)")
    }
    switch name.form {
    case .one: return Property(name: name, value: .number(try big(1)))
    case .two: return Property(name: name, value: .number(try big(2)))
    case .four: return Property(name: name, value: .number(try big(4)))
    case .variable: return Property(name: name, value: .number(try variable()))
    case .bytes: return Property(name: name, value: .bytes(try text()))
    case .pair: return Property(name: name, value: .pair(try text(), try text()))
    }
  }
}

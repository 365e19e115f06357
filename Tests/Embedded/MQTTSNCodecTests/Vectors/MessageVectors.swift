import Testing

/// Octets of one datagram and the fields that they mean.
struct MessageVector: CustomTestStringConvertible, Sendable {
  let hex: String
  let fields: String
  /// Whether encoding the fields gives these octets again; a lenient reading does not.
  let isCanonical: Bool

  init(_ hex: String, _ fields: String, isCanonical: Bool = true) {
    self.hex = hex
    self.fields = fields
    self.isCanonical = isCanonical
  }

  var octets: [UInt8] { octetsOf(hex) }
  var testDescription: String { "\(fields) <\(hex.prefix(40))>" }
}

/// The octets written in `hex`, blanks ignored; "x300" repeats the octet before it to 300.
func octetsOf(_ hex: String) -> [UInt8] {
  var octets: [UInt8] = []
  for word in hex.split(separator: " ") {
    if word.first == "x", let count = Int(word.dropFirst()), let last = octets.last {
      octets += [UInt8](repeating: last, count: count - 1)
    } else if let octet = UInt8(word, radix: 16) {
      octets.append(octet)
    } else {
      preconditionFailure("no octet: \(word)")
    }
  }
  return octets
}

let messageVectors: [MessageVector] = [
  .init("05 00 07 03 84", "ADVERTISE gateway=7 duration=900"),
  .init("03 01 00", "SEARCHGW radius=0"),
  .init("03 02 07", "GWINFO gateway=7 address="),
  .init("07 02 07 7F 00 00 01", "GWINFO gateway=7 address=7F000001"),
  .init("08 04 04 01 00 3C 6E 31", "CONNECT clean=true will=false protocol=1 duration=60 id=n1"),
  .init("08 04 08 01 FF FF 6E 31", "CONNECT clean=false will=true protocol=1 duration=65535 id=n1"),
  .init("07 04 00 02 00 00 C3", "malformedString", isCanonical: false),
  .init("07 04 00 02 00 00 61", "CONNECT clean=false will=false protocol=2 duration=0 id=a"),
  .init(
    "07 04 F7 01 00 01 61", "CONNECT clean=true will=false protocol=1 duration=1 id=a",
    isCanonical: false),
  .init("06 04 04 01 00 3C", "truncated", isCanonical: false),
  .init("07 04 04 01 00 3C 00", "malformedString", isCanonical: false),
  .init("03 05 00", "CONNACK code=0"),
  .init("03 05 01", "CONNACK code=1"),
  .init("03 05 FF", "CONNACK code=255"),
  .init("04 05 00 00", "trailingOctets", isCanonical: false),
  .init("02 06", "WILLTOPICREQ"),
  .init("03 06 00", "trailingOctets", isCanonical: false),
  .init("02 07", "WILLTOPIC none"),
  .init("03 07 30", "WILLTOPIC none", isCanonical: false),
  .init("06 07 30 61 2F 62", "WILLTOPIC qos=1 retain=true name=a/b"),
  .init("06 07 40 61 2F 62", "WILLTOPIC qos=2 retain=false name=a/b"),
  .init("06 07 60 61 2F 62", "reservedFlags", isCanonical: false),
  .init("06 07 00 61 00 62", "malformedString", isCanonical: false),
  .init("02 08", "WILLMSGREQ"),
  .init("02 09", "WILLMSG payload="),
  .init("05 09 00 FF 62", "WILLMSG payload=00FF62"),
  .init("09 0A 00 00 00 01 61 2F 62", "REGISTER topic=0 id=1 name=a/b"),
  .init("08 0A 01 02 FF FE C3 BC", "REGISTER topic=258 id=65534 name=ü"),
  .init("06 0A 00 00 00 01", "truncated", isCanonical: false),
  .init("07 0A 00 00 00 01 FF", "malformedString", isCanonical: false),
  .init("07 0B 00 01 00 02 00", "REGACK topic=1 id=2 code=0"),
  .init("07 0B 00 00 00 02 03", "REGACK topic=0 id=2 code=3"),
  .init("09 0C 00 00 01 00 00 68 69", "PUBLISH qos=0 normal(1) id=0 payload=6869"),
  .init("07 0C 00 00 01 00 00", "PUBLISH qos=0 normal(1) id=0 payload="),
  .init("08 0C 20 FF FE 12 34 00", "PUBLISH qos=1 normal(65534) id=4660 payload=00"),
  .init("08 0C B1 00 05 12 34 00", "PUBLISH qos=1 dup retain predefined(5) id=4660 payload=00"),
  .init("08 0C 42 61 62 00 07 2A", "PUBLISH qos=2 short(24930) id=7 payload=2A"),
  .init("08 0C 62 C3 BC 00 00 2A", "PUBLISH qos=-1 short(50108) id=0 payload=2A"),
  .init("08 0C 61 00 09 00 00 2A", "PUBLISH qos=-1 predefined(9) id=0 payload=2A"),
  .init("08 0C 0C 00 09 00 00 2A", "PUBLISH qos=0 normal(9) id=0 payload=2A", isCanonical: false),
  .init("08 0C 23 00 09 00 01 2A", "reservedFlags", isCanonical: false),
  .init("08 0C 02 61 00 00 00 2A", "malformedString", isCanonical: false),
  .init("08 0C 02 61 C3 00 00 2A", "malformedString", isCanonical: false),
  .init("06 0C 00 00 01 00", "truncated", isCanonical: false),
  .init("07 0D 00 01 12 34 00", "PUBACK topic=1 id=4660 code=0"),
  .init("07 0D 61 62 00 00 02", "PUBACK topic=24930 id=0 code=2"),
  .init("04 0E 00 01", "PUBCOMP id=1"),
  .init("04 0F 00 02", "PUBREC id=2"),
  .init("04 10 FF FF", "PUBREL id=65535"),
  .init("05 10 FF FF 00", "trailingOctets", isCanonical: false),
  .init("03 10 FF", "truncated", isCanonical: false),
  .init("06 12 20 00 01 23", "SUBSCRIBE qos=1 id=1 name(#)"),
  .init("08 12 C0 00 01 61 2F 62", "SUBSCRIBE qos=2 dup id=1 name(a/b)"),
  .init("07 12 00 00 01 61 62", "SUBSCRIBE qos=0 id=1 name(ab)"),
  .init("07 12 01 00 01 00 05", "SUBSCRIBE qos=0 id=1 predefined(5)"),
  .init("07 12 22 00 01 61 62", "SUBSCRIBE qos=1 id=1 short(24930)"),
  .init("07 12 60 00 01 61 62", "reservedFlags", isCanonical: false),
  .init("04 12 20 00", "truncated", isCanonical: false),
  .init("05 12 20 00 01", "SUBSCRIBE qos=1 id=1 malformed", isCanonical: false),
  .init("05 12 23 00 01", "SUBSCRIBE qos=1 id=1 malformed"),
  .init("06 12 20 00 01 80", "SUBSCRIBE qos=1 id=1 malformed", isCanonical: false),
  .init("06 12 21 00 01 05", "SUBSCRIBE qos=1 id=1 malformed", isCanonical: false),
  .init("08 12 22 00 01 61 62 63", "SUBSCRIBE qos=1 id=1 malformed", isCanonical: false),
  .init("08 13 20 00 05 00 01 00", "SUBACK qos=1 topic=5 id=1 code=0"),
  .init("08 13 9F 00 05 00 01 00", "SUBACK qos=0 topic=5 id=1 code=0", isCanonical: false),
  .init("08 13 60 00 05 00 01 00", "reservedFlags", isCanonical: false),
  .init("08 14 00 00 01 61 2F 62", "UNSUBSCRIBE id=1 name(a/b)"),
  .init("07 14 01 00 01 00 05", "UNSUBSCRIBE id=1 predefined(5)"),
  .init("07 14 02 00 01 61 62", "UNSUBSCRIBE id=1 short(24930)"),
  .init("07 14 62 00 01 61 62", "UNSUBSCRIBE id=1 short(24930)", isCanonical: false),
  .init("07 14 03 00 01 61 62", "UNSUBSCRIBE id=1 malformed", isCanonical: false),
  .init("04 15 00 01", "UNSUBACK id=1"),
  .init("02 16", "PINGREQ id="),
  .init("04 16 6E 31", "PINGREQ id=n1"),
  .init("04 16 6E 80", "malformedString", isCanonical: false),
  .init("02 17", "PINGRESP"),
  .init("02 18", "DISCONNECT"),
  .init("04 18 00 1E", "DISCONNECT duration=30"),
  .init("04 18 00 00", "DISCONNECT", isCanonical: false),
  .init("03 18 1E", "truncated", isCanonical: false),
  .init("02 1A", "WILLTOPICUPD none"),
  .init("06 1A 10 61 2F 62", "WILLTOPICUPD qos=0 retain=true name=a/b"),
  .init("03 1B 00", "WILLTOPICRESP code=0"),
  .init("04 1B 03 00", "WILLTOPICRESP code=3", isCanonical: false),
  .init("04 1C 68 69", "WILLMSGUPD payload=6869"),
  .init("03 1D 02", "WILLMSGRESP code=2"),
  .init("04 1D 02 00", "WILLMSGRESP code=2", isCanonical: false),

  // The 3-octet Length: legal for short messages, needed from 256 octets up [SN 5.2.1].
  .init("01 00 05 05 00", "CONNACK code=0", isCanonical: false),
  .init(
    "01 00 0B 0C 00 00 01 00 00 68 69", "PUBLISH qos=0 normal(1) id=0 payload=6869",
    isCanonical: false),
  .init("FF 09 2A x253", "WILLMSG payload=2A*253"),
  .init("01 01 02 09 2A x254", "WILLMSG payload=2A*254"),
  .init("01 01 00 09 2A x252", "WILLMSG payload=2A*252", isCanonical: false),
  .init("01 FF FF 09 2A x65531", "WILLMSG payload=2A*65531"),
  .init("01 00 04 17", "PINGRESP", isCanonical: false),

  // Lengths that lie.
  .init("03 17", "truncated", isCanonical: false),
  .init("02 17 00", "trailingOctets", isCanonical: false),
  .init("00 17", "malformedLength", isCanonical: false),
  .init("01 17", "truncated", isCanonical: false),
  .init("01 00 04", "truncated", isCanonical: false),
  .init("01 00 03", "malformedLength", isCanonical: false),
  .init("01 00 03 17", "malformedLength", isCanonical: false),
  .init("01 00 05 17", "truncated", isCanonical: false),
  .init("01 00 04 17 00", "trailingOctets", isCanonical: false),

  // Types that MQTT-SN 1.2 keeps for itself.
  .init("02 03", "unknownType", isCanonical: false),
  .init("02 11", "unknownType", isCanonical: false),
  .init("02 19", "unknownType", isCanonical: false),
  .init("02 1E", "unknownType", isCanonical: false),
  .init("02 FD", "unknownType", isCanonical: false),
  .init("02 FF", "unknownType", isCanonical: false),
  .init("01 00 04 FE", "unknownType", isCanonical: false),

  // The forwarder encapsulation: its Length does not cover the message inside [SN 5.5].
  .init("05 FE 01 AA BB 02 16", "FORWARDED radius=1 node=AABB message=0216"),
  .init("03 FE 00 02 16", "FORWARDED radius=0 node= message=0216"),
  .init("03 FE FC 02 16", "FORWARDED radius=0 node= message=0216", isCanonical: false),
  .init("04 FE 00 07 03 FE 00 02 16", "FORWARDED radius=0 node=07 message=03FE000216"),
  .init("FF FE 03 2A x252 02 16", "FORWARDED radius=3 node=2A*252 message=0216"),
  .init("02 FE 02 16", "malformedLength", isCanonical: false),
  .init("00 FE 00 02 16", "malformedLength", isCanonical: false),
  .init("05 FE 00 02 16", "truncated", isCanonical: false),
  .init("03 FE 00 02", "truncated", isCanonical: false),
  .init("03 FE 00", "truncated", isCanonical: false),
]

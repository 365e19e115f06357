import MQTTCodec
import Testing

/// A packet as bytes and in words.
struct Vector: Sendable, CustomTestStringConvertible {
  let hex: String
  let words: String
  var version = ProtocolVersion.mqtt311

  var testDescription: String { words }
}

let vectors: [Vector] = [
  Vector(hex: "10 0c 0004 4d515454 04 02 003c 0000", words: "CONNECT mqtt311  60s clean"),
  Vector(hex: "10 0e 0004 4d515454 04 00 0000 0002 6e31", words: "CONNECT mqtt311 n1 0s kept"),
  Vector(
    hex:
      "10 24 0004 4d515454 04 f6 000a 0002 6e31 0005 6465617468 0003 627965 0003 616e6e 0003 707764",
    words: "CONNECT mqtt311 n1 10s clean will q2 retain death = bye user ann password pwd"),
  Vector(
    hex: "10 17 0004 4d515454 04 0c ffff 0002 6e31 0005 6465617468 0000",
    words: "CONNECT mqtt311 n1 65535s kept will q1 death = "),
  Vector(
    hex: "10 13 0004 4d515454 04 82 000a 0002 6e31 0003 616e6e",
    words: "CONNECT mqtt311 n1 10s clean user ann"),
  Vector(
    hex: "10 15 0004 4d515454 04 c2 000a 0002 6e31 0003 616e6e 0000",
    words: "CONNECT mqtt311 n1 10s clean user ann password "),
  Vector(
    hex: "10 10 0006 4d5149736470 03 02 003c 0002 6e31", words: "CONNECT mqtt31 n1 60s clean",
    version: .mqtt31),
  Vector(hex: "20 02 00 00", words: "CONNACK accepted present=false"),
  Vector(hex: "20 02 01 00", words: "CONNACK accepted present=true"),
  Vector(hex: "20 02 00 01", words: "CONNACK unacceptableProtocolVersion present=false"),
  Vector(hex: "20 02 00 05", words: "CONNACK notAuthorized present=false"),
  Vector(hex: "20 02 00 05", words: "CONNACK notAuthorized present=false", version: .mqtt31),
  Vector(hex: "30 03 0001 61", words: "PUBLISH q0 #0 a = "),
  Vector(hex: "31 05 0001 61 6869", words: "PUBLISH q0 #0 retain a = hi"),
  Vector(hex: "32 07 0001 61 000a 6869", words: "PUBLISH q1 #10 a = hi"),
  Vector(hex: "3d 07 0001 61 ffff 6869", words: "PUBLISH q2 #65535 dup retain a = hi"),
  Vector(
    hex: "32 13 000b 73656e736f72732f312f74 1234 32312e35",
    words: "PUBLISH q1 #4660 sensors/1/t = 21.5"),
  Vector(hex: "30 0b 0008 73656e736f72732f 21", words: "PUBLISH q0 #0 sensors/ = !"),
  Vector(hex: "30 0e 000b c3bc2fe6b8a92ff09f90a6 21", words: "PUBLISH q0 #0 ü/温/🐦 = !"),
  Vector(
    hex: "30 8501 0001 61 " + String(repeating: "78", count: 130),
    words: "PUBLISH q0 #0 a = " + String(repeating: "x", count: 130)),
  Vector(hex: "40 02 0001", words: "puback #1"),
  Vector(hex: "50 02 0002", words: "pubrec #2"),
  Vector(hex: "62 02 0003", words: "pubrel #3"),
  Vector(hex: "70 02 ff00", words: "pubcomp #65280"),
  Vector(hex: "82 08 0001 0003 612f23 01", words: "SUBSCRIBE #1 a/#:1"),
  Vector(hex: "82 0a 000a 0001 61 00 0001 2b 02", words: "SUBSCRIBE #10 a:0 +:2"),
  Vector(hex: "90 03 000a 01", words: "SUBACK #10 [1]"),
  Vector(hex: "90 06 000a 00010280", words: "SUBACK #10 [0, 1, 2, 128]"),
  Vector(hex: "a2 05 0001 0001 61", words: "UNSUBSCRIBE #1 a"),
  Vector(hex: "a2 0a 0002 0003 612f2b 0001 23", words: "UNSUBSCRIBE #2 a/+ #"),
  Vector(hex: "b0 02 0001", words: "UNSUBACK #1"),
  Vector(hex: "c0 00", words: "PINGREQ"),
  Vector(hex: "d0 00", words: "PINGRESP"),
  Vector(hex: "e0 00", words: "DISCONNECT"),
]

import Testing

@testable import martlet

@Suite struct NodeTraceTests {
  @Test(arguments: [
    ("08 04 0C 01 00 3C 6E 31", "CONNECT (c1, w1, k60, 'n1')"),
    ("03 05 03", "CONNACK (3)"),
    ("04 07 30 77", "WILLTOPIC (q1, r1, 'w')"),
    ("02 1A", "WILLTOPICUPD (none)"),
    ("09 0A 00 07 00 01 61 2F 62", "REGISTER (m1, t7, 'a/b')"),
    ("09 0C E2 61 62 00 00 68 69", "PUBLISH (d1, q-1, r0, m0, 'ab', ... (2 bytes))"),
    ("08 0C 41 00 05 00 02 68", "PUBLISH (d0, q2, r0, m2, 'predefined:5', ... (1 bytes))"),
    ("07 12 01 00 01 00 07", "SUBSCRIBE (d0, q0, m1, 'predefined:7')"),
    ("08 13 20 00 07 00 01 00", "SUBACK (q1, m1, t7, rc0)"),
    ("04 16 6E 31", "PINGREQ ('n1')"),
    ("04 18 01 2C", "DISCONNECT (300 s)"),
    ("02 18", "DISCONNECT"),
    ("02 03", "no message of MQTT-SN (unknownType)"),
  ])
  func `a message is one line`(hex: String, words: String) {
    let octets = hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    #expect(NodeTrace.words(octets.span) == words)
  }
}

import Testing

@testable import MQTTSNCodec

@Suite struct HostileInputTests {
  @Test(arguments: messageVectors.filter(\.isCanonical))
  func `every truncation of every message is dropped`(vector: MessageVector) {
    let octets = vector.octets
    guard octets.count < 1000 else { return }
    let isEnvelope = ForwarderEnvelope.isEnvelope(octets.span)
    for count in 0..<octets.count {
      let found = fields(of: octets.span.extracting(0..<count))
      let announced = isEnvelope ? Int(octets[0]) + 2 : octets.count
      if count < announced { #expect(found == "truncated") }
    }
  }

  @Test(arguments: messageVectors.filter(\.isCanonical))
  func `a body cut short with a true Length is never read beyond its end`(vector: MessageVector) {
    let octets = vector.octets
    guard octets.count <= 255, octets[1] != 0xFE else { return }
    for count in 2..<min(octets.count, 254) {
      var cut = Array(octets[..<count])
      cut[0] = UInt8(count)
      let found = fields(of: cut.span)
      let inLongForm = [1, 0, UInt8(count + 2)] + cut.dropFirst()
      let long = fields(of: inLongForm.span)
      #expect(found == long)
    }
  }

  @Test func `every datagram of up to two octets is judged`() {
    let none: [UInt8] = []
    let empty = fields(of: none.span)
    #expect(empty == "truncated")
    var accepted: [String] = []
    for first in 0...255 as ClosedRange<UInt8> {
      let one = fields(of: [first].span)
      #expect(one == "truncated")
      for second in 0...255 as ClosedRange<UInt8> {
        let found = fields(of: [first, second].span)
        if found.first?.isUppercase == true { accepted.append(found) }
      }
    }
    #expect(
      accepted == [
        "WILLTOPICREQ", "WILLTOPIC none", "WILLMSGREQ", "WILLMSG payload=", "PINGREQ id=",
        "PINGRESP", "DISCONNECT", "WILLTOPICUPD none", "WILLMSGUPD payload=",
      ])
  }

  @Test func `random octets are judged and what is accepted can be written again`() throws {
    var random = SeededNumbers(seed: 20)
    var accepted = 0
    for _ in 0..<100_000 {
      var octets = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if octets.count >= 2, Bool.random(using: &random) {
        octets[0] = UInt8(octets.count)
        octets[1] &= 0x1F
      }
      guard let message = try? Message.decode(octets.span) else { continue }
      accepted += 1
      let before = describe(message)
      let again = try encode(message)
      let after = fields(of: again.span)
      #expect(after == before)
    }
    #expect(accepted > 5_000)
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

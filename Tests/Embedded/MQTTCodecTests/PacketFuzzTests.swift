import Fuzzing
import Testing

@Suite struct PacketFuzzTests {
  @Test(arguments: seeds(of: "packet"))
  func `a packet that a fuzzer made up is refused, or read and written as the same`(
    seed: Seed
  ) throws {
    try fuzzPacket(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "packet").count > 50) }
}

import Fuzzing
import Testing

@Suite struct MessageFuzzTests {
  @Test(arguments: seeds(of: "message"))
  func `a datagram that a fuzzer made up is dropped, or read and written as the same`(
    seed: Seed
  ) throws {
    try fuzzMessage(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "message").count > 50) }
}

import Fuzzing
import Testing

@Suite struct ConnectionFuzzTests {
  @Test(arguments: seeds(of: "connection"))
  func `whatever a fuzzer sends, broker and connections agree about who is there`(
    seed: Seed
  ) throws {
    try fuzzConnection(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "connection").count > 20) }
}

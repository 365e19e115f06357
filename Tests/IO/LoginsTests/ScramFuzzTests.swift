import Fuzzing
import Testing

@Suite struct ScramFuzzTests {
  @Test(arguments: seeds(of: "scram"))
  func `whatever a client says in an exchange, it is a message or none and lets nobody in`(
    seed: Seed
  ) throws {
    try fuzzScram(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "scram").count > 3) }
}

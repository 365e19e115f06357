import Fuzzing
import Testing

@Suite struct ConfigurationFuzzTests {
  @Test(arguments: seeds(of: "configuration"))
  func `whatever stands in a configuration file, it is one or an error in a line`(
    seed: Seed
  ) throws {
    try fuzzConfiguration(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "configuration").count > 5) }
}

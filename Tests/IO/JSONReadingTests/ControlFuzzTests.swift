import Fuzzing
import Testing

@Suite struct ControlFuzzTests {
  @Test(arguments: seeds(of: "control"))
  func `whatever a fuzzer asks of dynamic security, its file says all of it`(seed: Seed) throws {
    try fuzzControl(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "control").count > 5) }
}

import Fuzzing
import Testing

@Suite struct LineFuzzTests {
  @Test(arguments: seeds(of: "line"))
  func `whatever a fuzzer puts on a line, what is written behind it is read`(seed: Seed) throws {
    try fuzzLine(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "line").count > 10) }
}

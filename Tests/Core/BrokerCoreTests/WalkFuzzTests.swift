import Fuzzing
import Testing

@Suite struct WalkFuzzTests {
  @Test(arguments: seeds(of: "walk"))
  func `a walk that a fuzzer chose finds broker and model of one mind`(seed: Seed) throws {
    try fuzzWalk(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "walk").count > 10) }
}

import Fuzzing
import Testing

@Suite struct WebSocketFuzzTests {
  @Test(arguments: seeds(of: "frames"))
  func `whatever a fuzzer frames, it is read the same however it is cut`(seed: Seed) throws {
    try fuzzFrames(seed.octets)
  }

  @Test(arguments: seeds(of: "upgrade"))
  func `whatever a fuzzer asks, it is judged the same however it is cut`(seed: Seed) throws {
    try fuzzUpgrade(seed.octets)
  }

  @Test func `there are seeds`() {
    #expect(seeds(of: "frames").count > 5 && seeds(of: "upgrade").count > 5)
  }
}

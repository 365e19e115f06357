import Fuzzing
import Testing

@Suite struct ProxyFuzzTests {
  @Test(arguments: seeds(of: "proxy"))
  func `whatever a fuzzer says in a proxy's name, it is read the same however it is cut`(
    seed: Seed
  ) throws {
    try fuzzProxy(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "proxy").count > 5) }
}

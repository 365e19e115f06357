import Fuzzing
import Testing

@Suite struct BridgeFuzzTests {
  @Test(arguments: seeds(of: "bridge"))
  func `whatever a remote broker sends, nothing is left of a bridge that ends`(seed: Seed) throws {
    try fuzzBridge(seed.octets)
  }

  @Test func `there are seeds`() { #expect(seeds(of: "bridge").count >= 6) }

  @Test func `noise does no harm`() throws {
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<1000 {
      var octets: [UInt8] = []
      for _ in 0..<200 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        octets.append(UInt8(truncatingIfNeeded: state >> 32))
      }
      try fuzzBridge(octets)
    }
  }
}

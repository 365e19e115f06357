import Testing

/// The topics of a random walk.
let walkTopics = ["a", "a/b", "a/b/c", "b", "b/c", "/", "a//b", "a/", "$s/a", "$s"]
/// The filters of a random walk.
let walkFilters = [
  "#", "+", "a/#", "a/+", "+/b", "a/+/c", "+/+", "+/+/#", "$s/#", "$s/+", "a", "a/b", "/+", "b/#",
  "a//b", "a/", "/#",
]

/// Every level's path: one tree node each.
func levels(_ name: String) -> [String] {
  let parts = name.split(separator: "/", omittingEmptySubsequences: false)
  return parts.indices.map { parts[...$0].joined(separator: "/") }
}

func string(_ bytes: Span<UInt8>) -> String {
  var copy: [UInt8] = []
  for index in 0..<bytes.count { copy.append(bytes[index]) }
  return String(decoding: copy, as: UTF8.self)
}

/// Numbers that are the same in every run.
struct SplitMix {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((word ^ word >> 31) >> 33) % bound
  }
}

@Suite struct ModelTests {
  @Test(arguments: 1...8)
  func `a random walk finds broker and model of one mind`(seed: UInt64) throws {
    var walk = RandomWalk(seed: seed)
    try walk.run(steps: 2_500)
  }
}

import Fuzzing

/// What a random walk does next: numbers that are the same in every run, or a fuzzer's octets.
enum Choices {
  /// The state of SplitMix; there is always one more number.
  case seed(UInt64)
  /// One octet for each choice; then all choices are 0.
  case octets(FuzzInput)

  /// Whether the fuzzer's octets are used up.
  var isOver: Bool {
    if case .octets(let input) = self { input.count == 0 } else { false }
  }

  /// A number below `bound`, which is at most 256.
  mutating func below(_ bound: Int) -> Int {
    switch self {
    case .seed(var state):
      let word = Self.next(&state)
      self = .seed(state)
      return Int(word >> 33) % bound
    case .octets(var input):
      let choice = input.below(bound)
      self = .octets(input)
      return choice
    }
  }

  private static func next(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

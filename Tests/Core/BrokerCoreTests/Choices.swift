/// Where every choice of a random walk comes from: the same numbers for the same seed, or octets
/// that somebody else has chosen.
struct Choices {
  private var state: UInt64 = 0
  private var octets: [UInt8]?
  private var position = 0

  /// Endless numbers (SplitMix64).
  init(seed: UInt64) { state = seed }

  /// Numbers made of these octets: one each, two where the bound is above 256.
  init(octets: [UInt8]) { self.octets = octets }

  /// Whether the octets have come to their end. All choices are 0 then.
  var isExhausted: Bool { octets.map { position >= $0.count } ?? false }

  /// A number from 0 up to `bound`, exclusive.
  mutating func below(_ bound: Int) -> Int {
    if octets == nil { return Int(nextWord() >> 33) % bound }
    let number = bound > 256 ? nextOctet() << 8 | nextOctet() : nextOctet()
    return number % bound
  }

  /// True once in `bound` times; for octets of 0 it is false.
  mutating func once(in bound: Int) -> Bool { below(bound) == bound - 1 }

  private mutating func nextOctet() -> Int {
    guard let octets, position < octets.count else { return 0 }
    position += 1
    return Int(octets[position - 1])
  }

  private mutating func nextWord() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

import Glibc
import Testing

@Suite struct ModelTests {
  @Test(arguments: 1...40)
  func `a random walk finds broker and model of one mind`(seed: UInt64) throws {
    var walk = RandomWalk(choices: Choices(seed: seed))
    try walk.run(steps: 5_000)
  }

  @Test func `octets can make the choices of a random walk`() throws {
    var choices = Choices(seed: 1)
    for _ in 0..<20 {
      let octets = (0..<2_000).map { _ in UInt8(choices.below(256)) }
      var walk = RandomWalk(choices: Choices(octets: octets))
      try walk.run(steps: 1_000)
    }
  }

  /// Only by hand: `MARTLET_MODEL_STEPS` tells how many steps.
  @Test func `a long random walk ends like a short one`() throws {
    guard let text = getenv("MARTLET_MODEL_STEPS"), let steps = Int(String(cString: text)) else {
      return
    }
    let stepsOfSeed = 50_000
    for seed in 0..<max(steps / stepsOfSeed, 1) {
      do {
        var walk = RandomWalk(choices: Choices(seed: 1_000 + UInt64(seed)))
        try walk.run(steps: min(steps, stepsOfSeed))
      } catch { throw Disagreement("seed \(1_000 + seed), \(error)") }
    }
  }
}

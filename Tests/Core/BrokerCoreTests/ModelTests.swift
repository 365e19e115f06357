import Testing

@Suite struct ModelTests {
  @Test(arguments: 1...8)
  func `a random walk finds broker and model of one mind`(seed: UInt64) throws {
    var walk = RandomWalk(seed: seed)
    try walk.run(steps: 2_500)
  }
}

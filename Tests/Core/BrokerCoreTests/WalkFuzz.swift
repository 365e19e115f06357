import Fuzzing

/// Walks over the broker core as the octets choose, one octet a choice, with the model beside it.
public func fuzzWalk(_ octets: [UInt8]) throws {
  var walk = RandomWalk(choices: Choices(octets: octets))
  do {
    try walk.run(steps: 4_096)
  } catch { throw Finding("\(error)") }
}

import Fuzzing
import Testing

@Suite struct AccessFuzzTests {
  @Test(arguments: seeds(of: "access"))
  func `whatever stands in an ACL file, it is a list or an error in a line`(seed: Seed) throws {
    try fuzzAccess(seed.octets)
  }

  @Test(arguments: seeds(of: "passwords"))
  func `whatever stands in a password file, it is a list or an error in a line`(
    seed: Seed
  ) throws {
    try fuzzPasswords(seed.octets)
  }

  @Test(arguments: seeds(of: "secrets"))
  func `whatever stands in a file of secrets, it is a list or an error in a line`(
    seed: Seed
  ) throws {
    try fuzzSecrets(seed.octets)
  }

  @Test(arguments: ["access", "passwords", "secrets"])
  func `there are seeds`(_ target: String) { #expect(seeds(of: target).count > 3) }
}

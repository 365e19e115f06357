import AccessFiles
import Testing

@testable import Logins

@Suite struct PasswordHashingTests {
  @Test(arguments: [PasswordHash.Method.sha512, .pbkdf2(rounds: 1), .pbkdf2(rounds: 101)])
  func `a password matches its own hash alone`(_ method: PasswordHash.Method) throws {
    let salt = Array("salt".utf8)
    let digest = try #require(PasswordHash.digest(of: Array("secret".utf8), salt, method))
    let hash = PasswordHash(method: method, salt: salt, digest: digest)
    #expect(digest.count == 64 && hash.matches(Array("secret".utf8)))
    #expect(!hash.matches(Array("secre".utf8)) && !hash.matches([]))
  }

  @Test func `PBKDF2 gives what is published for it`() throws {
    // RFC 6070's first case, with SHA-512 in place of SHA-1.
    let digest = try #require(
      PasswordHash.digest(of: Array("password".utf8), Array("salt".utf8), .pbkdf2(rounds: 1)))
    #expect(digest.prefix(8) == [0x86, 0x7F, 0x70, 0xCF, 0x1A, 0xDE, 0x02, 0xCF])
  }
}

import AccessFiles
import Testing

@testable import Logins

@Suite struct PasswordHashingTests {
  private static let methods: [PasswordHash.Method] = [
    .sha512, .pbkdf2(rounds: 1), .pbkdf2(rounds: 101),
    .argon2id(Argon2Cost(memory: 64, passes: 2, lanes: 2)), .scramSHA256(rounds: 4096),
  ]

  @Test(arguments: methods)
  func `a password matches its own hash alone`(_ method: PasswordHash.Method) throws {
    let hash = try #require(PasswordHash(of: Array("secret".utf8), method))
    #expect(hash.matches(Array("secret".utf8)) == true)
    #expect(hash.matches(Array("secre".utf8)) == false && hash.matches([]) == false)
  }

  @Test(arguments: methods)
  func `a file gives back the hash that was written to it`(_ method: PasswordHash.Method) throws {
    let hash = try #require(PasswordHash(of: Array("secret".utf8), method))
    let list = try PasswordList(text: "ann:\(hash.text)\n")
    #expect(list.hash(of: Array("ann".utf8)) == hash)
  }

  @Test func `PBKDF2 gives what is published for it`() throws {
    // RFC 6070's first case, with SHA-512 in place of SHA-1.
    let method = PasswordHash.Method.pbkdf2(rounds: 1)
    let digest = try #require(
      method.digest(of: Array("password".utf8), Array("salt".utf8), count: 64))
    #expect(digest.prefix(8) == [0x86, 0x7F, 0x70, 0xCF, 0x1A, 0xDE, 0x02, 0xCF])
  }

  /// What `printf password | argon2 somesalt -id -t T -k M -p P -l 32 -e` of Debian prints, and the first
  /// ones of libargon2's own test vectors.
  @Test(arguments: [
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
  ])
  func `Argon2id gives what is published for it`(_ text: String) throws {
    let list = try PasswordList(text: "ann:\(text)")
    let hash = try #require(list.hash(of: Array("ann".utf8)))
    #expect(hash.matches(Array("password".utf8)) == true)
    #expect(hash.matches(Array("passwort".utf8)) == false)
    #expect(hash.text == text)
  }

  @Test func `a hash that cannot be made tells nothing of the password`() {
    let hash = PasswordHash(
      method: .argon2id(Argon2Cost(memory: 64, passes: 1, lanes: 0)), salt: Array("somesalt".utf8),
      digest: [UInt8](repeating: 0, count: 32))
    #expect(hash.matches([1]) == nil)
  }
}

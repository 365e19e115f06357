import AccessFiles
import Testing

/// What a password file says.
@Suite struct PasswordListTests {
  /// 64 octets in base 64.
  private static let digest = String(repeating: "AQID", count: 21) + "AQ=="

  @Test func `hashes of both kinds, comments and line ends of Windows`() throws {
    let list = try PasswordList(
      text: "# users\n\nann:$7$101$c2FsdA==$\(Self.digest)\r\nbob:$6$c2E=$\(Self.digest)\n")
    #expect(list.count == 2)
    let ann = list.hash(of: Array("ann".utf8))
    #expect(ann?.method == .pbkdf2(rounds: 101) && ann?.salt == Array("salt".utf8))
    #expect(ann?.digest.count == 64 && ann?.digest.prefix(4) == [1, 2, 3, 1])
    #expect(list.hash(of: Array("bob".utf8))?.method == .sha512)
    #expect(list.hash(of: Array("eve".utf8)) == nil)
  }

  @Test(arguments: [
    ("ann", "line 1: there is no user before a colon"),
    (":$6$c2E=$x", "line 1: there is no user before a colon"),
    ("\nann:secret", "line 2: what stands for ann is no hash of a password that is known here"),
    ("ann:$7$0$c2E=$x", "line 1: the hash of ann: 0 rounds are not within 1 and 10000000"),
    (
      "ann:$7$99999999999999999999$c2E=$x",
      "line 1: the hash of ann: 9223372036854775807 rounds are not within 1 and 10000000"
    ),
    ("ann:$7$+9$c2E=$x", "line 1: what stands for ann is no hash of a password that is known here"),
    (
      "ann:$scram-sha-256$4095$c2E=$x$x",
      "line 1: the hash of ann: 4095 rounds are not within 4096 and 10000000"
    ),
    ("ann:$6$c2E=$AQID", "line 1: what stands for ann is no hash of a password that is known here"),
    ("ann:$6$c2!=$AQID", "line 1: what stands for ann is no hash of a password that is known here"),
    ("ann:$5$c2E=$AQID", "line 1: what stands for ann is no hash of a password that is known here"),
  ])
  func `a file with anything else is unusable, by line`(_ text: String, _ description: String) {
    let error = #expect(throws: AccessFileError.self) { try PasswordList(text: text) }
    #expect(error?.description == description)
  }

  private static let argon2 = "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

  @Test(arguments: [
    "m=262145,t=1,p=1", "m=4294967295,t=1,p=1", "m=7,t=1,p=1", "m=15,t=1,p=2", "m=64,t=0,p=1",
    "m=64,t=17,p=1", "m=64,t=1,p=0", "m=1024,t=1,p=17", "m=99999999999999999999,t=1,p=1",
  ])
  func `a line cannot take the memory of the machine`(_ cost: String) {
    let error = #expect(throws: AccessFileError.self) {
      try PasswordList(text: "# x\nann:$argon2id$v=19$\(cost)$\(Self.argon2)")
    }
    #expect(
      error?.description
        == "line 2: the hash of ann: argon2id takes m from 8 for each of p up to 262144, t and p "
        + "from 1 to 16")
  }

  @Test(arguments: [
    "$argon2id$v=19$m=64,t=1,p=1$\(argon2)=", "$argon2id$v=16$m=64,t=1,p=1$\(argon2)",
    "$argon2i$v=19$m=64,t=1,p=1$\(argon2)", "$argon2id$m=64,t=1,p=1$\(argon2)",
    "$argon2id$v=19$t=1,m=64,p=1$\(argon2)", "$argon2id$v=19$m=64,t=1$\(argon2)",
    "$argon2id$v=19$m=64,t=1,p=1,x=1$\(argon2)", "$argon2id$v=19$m=64,t=1,p=1$c2E$AQID",
    "$argon2id$v=19$m=-64,t=1,p=1$\(argon2)", "$argon2id$v=19$m=64,t=1,p=1$\(argon2)$x",
    "$scram-sha-256$4096$c29tZXNhbHQ=$AQID$AQID", "$scram-sha-256$4096$c2E=", "$", "$$", "",
  ])
  func `a hash in another form than its kind has is none`(_ hash: String) {
    let error = #expect(throws: AccessFileError.self) { try PasswordList(text: "ann:\(hash)") }
    #expect(error?.reason == "what stands for ann is no hash of a password that is known here")
  }

  @Test func `a user stands there once`() {
    let line = "ann:$6$c2E=$\(Self.digest)"
    let error = #expect(throws: AccessFileError.self) {
      try PasswordList(text: "\(line)\n\(line)")
    }
    #expect(error?.description == "line 2: ann stands there twice")
  }

  @Test func `random bytes make no list, and never more`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let octets = (0..<60).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
      _ = try? PasswordList(text: "a:$" + String(decoding: octets, as: UTF8.self))
      _ = try? AccessList(text: String(decoding: octets, as: UTF8.self))
    }
  }
}

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
    ("ann:$7$0$c2E=$x", "line 1: what stands for ann is no hash of a password that is known here"),
    (
      "ann:$7$99999999999$c2E=$x",
      "line 1: what stands for ann is no hash of a password that is known here"
    ),
    ("ann:$6$c2E=$AQID", "line 1: what stands for ann is no hash of a password that is known here"),
    ("ann:$6$c2!=$AQID", "line 1: what stands for ann is no hash of a password that is known here"),
    ("ann:$5$c2E=$AQID", "line 1: what stands for ann is no hash of a password that is known here"),
  ])
  func `a file with anything else is unusable, by line`(_ text: String, _ description: String) {
    let error = #expect(throws: AccessFileError.self) { try PasswordList(text: text) }
    #expect(error?.description == description)
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

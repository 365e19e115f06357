import AccessFiles
import Testing

/// What a psk_file says.
@Suite struct SharedKeyListTests {
  @Test func `identities and secrets, comments and line ends of Windows`() throws {
    let list = try SharedKeyList(text: "# keys\n\nshed:00fF\r\na:b:01\n")
    #expect(list.keys == [Array("shed".utf8): [0, 255], Array("a:b".utf8): [1]])
  }

  @Test(arguments: [
    ("shed", "line 1: there is no identity before a colon"),
    (":00", "line 1: there is no identity before a colon"),
    ("\nshed:", "line 2: what stands for shed is no secret in hexadecimal"),
    ("shed:0", "line 1: what stands for shed is no secret in hexadecimal"),
    ("shed:0x", "line 1: what stands for shed is no secret in hexadecimal"),
    (
      "shed:" + String(repeating: "00", count: 257),
      "line 1: what stands for shed is no secret in hexadecimal"
    ),
    ("shed:00\nshed:01", "line 2: shed stands there twice"),
    (String(repeating: "s", count: 129) + ":00", "line 1: "),
  ])
  func `what is wrong with a line`(text: String, reason: String) {
    let error = #expect(throws: AccessFileError.self) { try SharedKeyList(text: text) }
    #expect(error?.description.hasPrefix(reason) == true)
  }
}

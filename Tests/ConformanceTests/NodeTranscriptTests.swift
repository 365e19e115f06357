import Testing

@Suite struct NodeTranscriptTests {
  /// What a node's transcript comes to that starts with a CONNECT.
  private func difference(_ text: String) -> Difference? {
    let transcripts = Transcript.read(
      "# title\nn > CONNECT id=n clean=1\n" + text, path: "here.txt", version: .v311,
      hasNodes: true)
    return transcripts.first.flatMap { TranscriptRunner.difference($0) }
  }

  @Test func `a good transcript of a node makes no difference`() {
    let found = difference(
      """
      n < CONNACK 0
      m at f=\\x01
      m > SEARCHGW radius=1 long=1
      m <? GWINFO gw=1
      m <? PINGRESP
      n < nothing
      n registers a/b tid=$t
      n registers a/c tid=$u
      differ $t $u
      n > PUBLISH $u x q=1 id=2
      n < PUBACK _ tid=$u
      +14999
      everybody < nothing
      """)
    #expect(found == nil, "\(found?.description ?? "")")
  }

  private static let nodeFaults = [
    ("n < CONNACK 1", "CONNACK 1", "CONNACK"),
    ("n < PINGRESP", "PINGRESP", "CONNACK"),
    ("n < nothing", "nothing", "CONNACK 0 to n"),
    ("m < CONNACK 0", "CONNACK 0", "nothing"),
    ("n < CONNACK 0\nn < PINGRESP", "PINGRESP", "nothing"),
    ("n < hex 03 05 01", "03 05 01", "03 05 00"),
    ("+1", "nothing", "CONNACK 0 to n"),
    ("n <? PINGRESP", "nothing", "CONNACK 0 to n"),
    ("n < CONNACK 0\nn > PUBLISH $t x", "a line that can be played", "nothing is named $t"),
    ("n < CONNACK 0 tid=4", "a line that can be played", "a CONNACK has no tid"),
    ("n < CONNACK 0\ncounters nodesLost=1", "nodesLost=1", "0"),
    (
      "n < CONNACK 0\nn registers a/b tid=$t\nn registers a/c tid=$t",
      "REGACK 9999 0 tid=$t", "REGACK 9999 0 tid=2"
    ),
    ("n < CONNACK 0\nn > REGISTER 1 a/#\nn < REGACK 1 3 tid=$t", "REGACK 1 3 tid=$t", "REGACK 1 3"),
  ]

  @Test(arguments: nodeFaults)
  func `a difference at a node is told`(_ fault: (String, String, String)) {
    let found = difference(fault.0)
    #expect(found?.expected == fault.1)
    #expect(found?.got.contains(fault.2) == true, "\(found?.got ?? "")")
  }

  @Test func `messages keep all their fields`() throws {
    let lines = [
      "REGISTER 7 t/x tid=3", "REGACK 7 2 tid=3",
      "PUBLISH 3 hello q=1 id=7 dup=1 retain=1", "PUBLISH pre:3 x q=-1", "PUBLISH short:ab p^300",
      "SUBSCRIBE 7 pre:9", "SUBACK 7 1 q=1 tid=3", "DISCONNECT",
      "DISCONNECT duration=5", "WILLTOPIC", "WILLTOPIC t q=1 retain=1", "PINGREQ n", "GWINFO gw=1",
    ]
    for line in lines {
      let message = try NodeMessage(line.split(separator: " "))
      #expect(try NodeMessage(decoding: message.encoded()) == message)
    }
  }
}

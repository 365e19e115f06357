import Testing

@Test(arguments: Transcript.ofClients)
func `the broker answers as written`(_ transcript: Transcript) { play(transcript) }

@Test(arguments: Transcript.ofNodes)
func `the gateway answers as written`(_ transcript: Transcript) { play(transcript) }

private func play(_ transcript: Transcript) {
  guard let difference = TranscriptRunner.difference(transcript) else { return }
  let location = SourceLocation(
    fileID: "ConformanceTests/Transcripts", filePath: difference.path,
    line: max(1, difference.line.number), column: 1)
  Issue.record("\(difference)", sourceLocation: location)
}

@Suite struct TranscriptTests {
  /// What the first transcript of a text comes to.
  private func difference(_ text: String) -> Difference? {
    let transcripts = Transcript.read(text, path: "here.txt", version: .v311)
    return transcripts.first.flatMap { TranscriptRunner.difference($0) }
  }

  @Test func `there are transcripts and their titles differ`() {
    let titles = (Transcript.ofClients + Transcript.ofNodes).map(\.title.text)
    #expect(titles.count > 50)
    #expect(Set(titles).count == titles.count)
  }

  @Test func `a good transcript makes no difference`() {
    let found = difference(
      """
      # good
      a connects keepalive=10
      a subscribes t q=1
      a > PUBLISH t hello q=1 id=7 retain=1
      a < PUBLISH t hello q=1 id=1
      a < PUBACK 7
      +14999
      a < nothing
      +1
      a < closed
      """)
    #expect(found == nil, "\(found?.description ?? "")")
  }

  private static let faults = [
    ("a < CONNACK 0 present=1", "CONNACK 0 present=1", "CONNACK 0"),
    ("a < PINGRESP", "PINGRESP", "CONNACK 0"),
    ("a < nothing", "nothing", "CONNACK 0"),
    ("a < closed", "nothing", "CONNACK 0"),
    ("a < CONNACK 0\na < closed", "closed", "nothing"),
    ("a < CONNACK 0\na < PINGRESP", "PINGRESP", "nothing"),
    ("+1", "nothing", "CONNACK 0"),
    ("a < CONNACK 0\n+60000\n+60000", "nothing", "closed"),
    ("a < CONNACK 0\na ? drop", "a line that can be played", "a client does not ?"),
    ("a < CONNACK 0\na > PUBLISH t x y", "a line that can be played", "y has no place"),
    ("limits speed=9", "a line that can be played", "no option is named speed"),
  ]

  @Test(arguments: faults)
  func `a difference is told with line, expected and got`(_ fault: (String, String, String)) {
    let found = difference("# title\na > CONNECT id=a keepalive=60\n" + fault.0)
    #expect(found?.title == "title" && found?.path == "here.txt")
    #expect(found?.expected == fault.1)
    #expect(found?.got.contains(fault.2) == true, "\(found?.got ?? "")")
  }

  @Test func `properties are compared without their order, users in theirs`() throws {
    let packet = try Packet("CONNACK 0 receive-maximum=2 user=a:1 user=b:2".split(separator: " "))
    let coded = try Packet(decoding: packet.encoded(.v50)[...], .v50)
    #expect(coded == packet)
    func matches(_ text: String) throws -> Bool {
      packet.matches(try Packet(text.split(separator: " ")))
    }
    #expect(try matches("CONNACK 0 user=a:1 user=b:2 receive-maximum=2"))
    #expect(try !matches("CONNACK 0 user=b:2 user=a:1 receive-maximum=2"))
    #expect(try !matches("CONNACK 0 user=a:1 user=b:2"))
    #expect(try matches("CONNACK 0 user=a:1 user=b:2 ..."))
    #expect(try !matches("CONNACK 0 user=a:1 ..."))
    #expect(try !matches("CONNACK 0 receive-maximum=3 ..."))
  }

  @Test func `bad octets of a server are refused`() {
    for octets: [UInt8] in [[0x21, 2, 0, 0], [0x20, 2, 2, 0], [0x20, 3, 0, 0, 0], [0x00, 0]] {
      #expect(throws: BadOctets.self) { try Packet(decoding: octets[...], .v311) }
    }
    let long: [UInt8] = [0x20, 0x83, 0x00, 0, 0, 0]
    #expect(throws: BadOctets.self) { try Packet(decoding: long[...], .v50) }
  }
}

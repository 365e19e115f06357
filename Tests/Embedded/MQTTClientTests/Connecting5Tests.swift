import MQTTClient
import MQTTCodec
import Testing

/// What version 5.0 adds to the beginning and the end of a connection.
@Suite struct Connecting5Tests {
  @Test func `[MQTT5-3.1.0-1] [MQTT5-2.2.2-1] a client connects without properties`() throws {
    let talk = Conversation()
    let image = try talk.connect(version: .mqtt50)
    #expect(image == "10 0f 00 04 4d 51 54 54 05 02 00 3c 00 00 02 6e 31")
    #expect(talk.feed("20 03 00 00 00") == ["connected"])
    #expect(talk.isConnected)
  }

  @Test
  func `[MQTT5-3.1.2-11] [MQTT5-3.1.2-13] [MQTT5-3.1.2-16] [MQTT5-3.1.2-18] flags of nothing`()
    throws
  {
    let image = bytes(try Conversation().connect(isClean: false, version: .mqtt50))
    #expect(image[9] == 0 && image.count == 17)
  }

  @Test func `properties go with CONNECT`() throws {
    let talk = Conversation()
    // Session Expiry Interval 100, Receive Maximum 2, User Property k=v.
    let properties = "11 00000064 21 0002 26 0001 6b 0001 76"
    let image = try talk.connect(isClean: false, version: .mqtt50, properties: properties)
    #expect(
      image == "10 1e 00 04 4d 51 54 54 05 00 00 3c 0f 11 00 00 00 64 21 00 02 26 00 01 6b 00 01 "
        + "76 00 02 6e 31")
  }

  @Test func `[MQTT5-3.1.2-9] [MQTT5-3.1.3-1] properties go with the will`() throws {
    let image = try Conversation().connectWithWill("18 00000005")
    #expect(
      image == "10 1a 00 04 4d 51 54 54 05 06 00 3c 00 00 02 6e 31 05 18 00 00 00 05 00 01 77 00 00"
    )
  }

  @Test func `[MQTT5-3.1.2-17] [MQTT5-3.1.2-19] [MQTT5-3.1.3-3] the payload has its order`() throws
  {
    let expected = """
      10 22 00 04 4d 51 54 54 05 ec 00 0a 00 00 02 6e 31 00 00 01 77 00 03 62 79 65 \
      00 03 61 6e 6e 00 03 70 77 64
      """
    #expect(try Conversation().connectWithEverything(version: .mqtt50) == expected)
  }

  @Test(arguments: [
    ("[MQTT-3.1.3-4] [MQTT5-3.1.3-4] client identifier", "c3", "77", "61"),
    ("[MQTT-3.1.3-10] [MQTT5-3.1.3-11] will topic", "6e", "c3", "61"),
    ("will topic with a wildcard", "6e", "23", "61"),
    ("[MQTT-3.1.3-11] [MQTT5-3.1.3-12] user name", "6e", "77", "00"),
  ])
  func `what is no text is not sent`(
    what: String, name: String, topic: String, userName: String
  ) throws {
    for version in [ProtocolVersion.mqtt311, .mqtt50] {
      #expect(throws: ClientError.malformedConnect) {
        try Conversation().connectWithEverything(
          name: bytes(name), topic: bytes(topic), userName: bytes(userName), version: version)
      }
    }
  }

  @Test func `[MQTT5-1.5.4-3] a byte order mark stays in a text`() throws {
    let image = try Conversation().connect(version: .mqtt50, name: [0xEF, 0xBB, 0xBF])
    #expect(image.hasSuffix("00 00 03 ef bb bf"))
    let talk = try Conversation.connected5()
    let words = talk.feed("30 0d 0004 efbbbf61 06 03 0003 efbbbf")
    #expect(words == ["\u{FEFF}a =  q0 [03 00 03 ef bb bf]"])
  }

  @Test(arguments: [
    "23 0001", "21 0000", "11 00000001 11 00000001", "16 0001 61", "26 0001 c3 0001 76",
    "26 0001 6b 0001 00",
  ])
  func `[MQTT5-1.5.7-1] properties that CONNECT may not have are not sent`(properties: String)
    throws
  {
    let talk = Conversation()
    #expect(throws: ClientError.malformedProperties) {
      try talk.connect(version: .mqtt50, properties: properties)
    }
    #expect(try talk.connect(version: .mqtt50).isEmpty == false)
  }

  @Test func `the identifier that the server assigned is told`() throws {
    let talk = Conversation()
    _ = try talk.connect(version: .mqtt50)
    #expect(talk.feed(connack5("12 0002 7a 39")) == ["connected [12 00 02 7a 39]"])
  }

  @Test(arguments: [(128, "80"), (132, "84"), (135, "87"), (157, "9d")])
  func `[MQTT5-4.13.2-1] a refused client is told why, in the server's words too`(
    number: Int, code: String
  ) throws {
    let talk = Conversation()
    _ = try talk.connect(version: .mqtt50)
    let words = talk.feed("20 08 00 \(code) 05 1f 0002 6e 6f")
    #expect(words == ["refused rc\(number) [1f 00 02 6e 6f]"])
    #expect(!talk.isConnected && talk.untilDeadline == nil)
    #expect(talk.transmitted() == "")
  }

  @Test func `[MQTT5-3.2.2-21] [MQTT5-3.1.2-21] the server's keep alive replaces the client's`()
    throws
  {
    let talk = try Conversation.connected5("13 0014")
    // A quarter before its 20 seconds [MQTT5-3.1.2-20].
    #expect(talk.untilDeadline == 15_000)
    #expect(talk.wait(15_000) == [])
    #expect(talk.transmitted() == "c0 00")
  }

  @Test func `a keep alive of 0 from the server turns it off`() throws {
    #expect(try Conversation.connected5("13 0000").untilDeadline == nil)
  }

  @Test func `[MQTT5-3.1.2-20] without one the client keeps its own`() throws {
    #expect(try Conversation.connected5().untilDeadline == 45_000)
  }

  @Test func `[MQTT5-3.2.2-4] a session that was to be thrown away closes`() throws {
    let talk = Conversation()
    _ = try talk.connect(isClean: true, version: .mqtt50)
    #expect(talk.feed(connack5(isSessionPresent: true)) == ["closed: unexpectedSession"])
    #expect(talk.transmitted() == "e0 01 82")
  }

  @Test func `[MQTT5-3.2.2-5] a session that the server lacks is given up`() throws {
    let talk = try Conversation.connected5(promising: "11 00000064", isClean: false)
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    _ = talk.feed("34 07 0001 61 0005 00 31")
    try reconnect(talk, isSessionPresent: false)
    #expect(talk.inFlightCount == 0 && talk.events() == [])
    #expect(talk.feed("34 07 0001 61 0005 00 32") == ["a = 2 q2"])
  }

  @Test func `[MQTT5-3.1.2-4] a clean start throws the old session away`() throws {
    let talk = try Conversation.connected5(promising: "11 00000064", isClean: false)
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    talk.connectionLost()
    _ = try talk.connect(isClean: true, version: .mqtt50)
    #expect(talk.inFlightCount == 0)
  }

  @Test func `[MQTT5-3.1.2-23] [MQTT5-4.1.0-1] [MQTT5-3.3.1-1] [MQTT5-4.4.0-1] a kept session`()
    throws
  {
    let talk = try Conversation.connected5(promising: "11 00000064", isClean: false)
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    _ = try talk.publish("2", to: "a", qos: .exactlyOnce)
    #expect(talk.wait(40_000) == [])
    #expect(talk.transmitted() == "")
    try reconnect(talk, isSessionPresent: true)
    #expect(talk.events() == ["resend 1", "resend 2"])
    // DUP and the old identifier.
    #expect(try talk.resend(1, "1", to: "a") == "3a 07 00 01 61 00 01 00 31")
    #expect(try talk.resend(2, "2", to: "a") == "3c 07 00 01 61 00 02 00 32")
  }

  @Test func `the server's farewell is told`() throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed("e0 01 8e") == ["disconnected rc142"])
    #expect(!talk.isConnected && talk.transmitted() == "")
  }

  @Test(arguments: [
    ("00", "disconnected"), ("8b 05 1f 0002 6279", "disconnected rc139 [1f 00 02 62 79]"),
  ])
  func `[MQTT5-4.13.2-1] any farewell of the server's ends it`(body: String, words: String) throws {
    let talk = try Conversation.connected5()
    let size = bytes(body).count
    #expect(talk.feed(hex([0xE0, UInt8(size)]) + " " + body) == [words])
    #expect(talk.untilDeadline == nil)
  }

  @Test func `[MQTT5-3.14.2-1] a farewell that no server may say closes all the same`() throws {
    let talk = try Conversation.connected5()
    #expect(
      talk.feed("e0 01 04") == ["closed: malformed(MQTTCodec.CodecError.malformedReturnCode)"])
    #expect(talk.transmitted() == "e0 01 81")
  }

  @Test func `[MQTT5-3.14.1-1] false flags of a DISCONNECT are answered by 0x81`() throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed("e1 01 00").first?.hasPrefix("closed: malformed") == true)
    #expect(talk.transmitted() == "e0 01 81")
    #expect(talk.transmitted() == "")
  }

  @Test(arguments: ["f1 00", "fc 00"])
  func `[MQTT5-3.15.1-1] false flags of an AUTH end the connection`(packet: String) throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed(packet).first?.hasPrefix("closed: malformed") == true)
    #expect(talk.transmitted() == "e0 01 81")
  }

  @Test(arguments: [
    ("36 05 0001 61 0001", "81"), ("3a 02 0001", "81"), ("30 03 0000 00", "82"), ("82 00", "82"),
    ("90 05 0001 00 03 04", "81"), ("30 07 0000 03 23 0000 31", "94"), ("20 03 00 00 00", "82"),
  ])
  func `[MQTT5-3.3.1-4] [MQTT5-2.1.3-1] what is malformed is told to the server`(
    packet: String, code: String
  ) throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed(packet).first?.hasPrefix("closed") == true)
    #expect(talk.transmitted() == "e0 01 \(code)")
  }

  @Test func `the farewell waits for room`() throws {
    let talk = try Conversation.connected5()
    _ = talk.feed("20 03 00 00 00")
    talk.room = 2
    #expect(talk.transmitted() == "")
    talk.room = 3
    #expect(talk.transmitted() == "e0 01 82")
  }

  @Test func `before 5.0 nothing is said about a fault`() throws {
    let talk = try Conversation.connected()
    _ = talk.feed("20 02 00 00")
    #expect(talk.transmitted() == "")
  }

  @Test func `[MQTT5-3.14.4-1] [MQTT5-3.14.4-2] a client leaves with reason and session expiry`()
    throws
  {
    let talk = try Conversation.connected5(promising: "11 00000064", isClean: false)
    let image = try talk.disconnect(.disconnectWithWillMessage, properties: "11 00000000")
    #expect(image == "e0 07 04 05 11 00 00 00 00")
    #expect(!talk.isConnected && talk.transmitted() == "")
    #expect(throws: ClientError.notConnected) { try talk.publish("", to: "a", qos: .atMostOnce) }
  }

  @Test func `a session without expiry gets none by its end`() throws {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.malformedProperties) {
      try talk.disconnect(properties: "11 00000001")
    }
    #expect(try talk.disconnect(properties: "11 00000000") == "e0 07 00 05 11 00 00 00 00")
  }

  @Test func `[MQTT5-3.14.2-1] a client says nothing that is the server's to say`() throws {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.malformedReason) { try talk.disconnect(.sessionTakenOver) }
    #expect(throws: ClientError.malformedProperties) {
      try talk.disconnect(properties: "1c 0001 61")
    }
    #expect(talk.isConnected)
  }

  private func reconnect(_ talk: Conversation, isSessionPresent: Bool) throws {
    talk.connectionLost()
    _ = try talk.connect(isClean: false, version: .mqtt50, properties: "11 00000064")
    let words = talk.feed(connack5(isSessionPresent: isSessionPresent))
    #expect(words == [isSessionPresent ? "connected again" : "connected"])
  }
}

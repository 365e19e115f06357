import MQTTClient
import Testing

@Suite struct ConnectingTests {
  @Test func `a client connects and is told so`() throws {
    let talk = Conversation()
    #expect(try talk.connect() == "10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 6e 31")
    #expect(!talk.isConnected)
    #expect(talk.feed("20 02 00 00") == ["connected"])
    #expect(talk.isConnected)
  }

  @Test func `a kept session is told as such`() throws {
    let talk = Conversation()
    #expect(try talk.connect(isClean: false) == "10 0e 00 04 4d 51 54 54 04 00 00 3c 00 02 6e 31")
    #expect(talk.feed("20 02 01 00") == ["connected again"])
  }

  @Test func `will, User Name and Password go with CONNECT`() throws {
    let talk = Conversation()
    let expected = """
      10 20 00 04 4d 51 54 54 04 ec 00 0a 00 02 6e 31 00 01 77 00 03 62 79 65 \
      00 03 61 6e 6e 00 03 70 77 64
      """
    #expect(try talk.connectWithEverything() == expected)
  }

  @Test func `a client speaks 3_1 too`() throws {
    let talk = Conversation()
    let image = try talk.connect(version: .mqtt31)
    #expect(image == "10 10 00 06 4d 51 49 73 64 70 03 02 00 3c 00 02 6e 31")
    #expect(talk.feed("20 02 00 00") == ["connected"])
  }

  @Test(arguments: [
    ("01", 132), ("02", 133), ("03", 136), ("04", 134), ("05", 135),
  ])
  func `[MQTT-3.2.2-5] a refused client is told why`(code: String, reason: Int) throws {
    let talk = Conversation()
    _ = try talk.connect()
    #expect(talk.feed("20 02 00 \(code)") == ["refused rc\(reason)"])
    #expect(!talk.isConnected && talk.untilDeadline == nil)
  }

  @Test func `a CONNACK with a code beyond 5 closes`() throws {
    let talk = Conversation()
    _ = try talk.connect()
    let words = talk.feed("20 02 00 06")
    #expect(words.count == 1 && words[0].contains("malformedReturnCode"))
  }

  @Test(arguments: [
    "30 03 0001 61", "40 02 0001", "d0 00", "90 03 0001 00", "10 00", "c0 00", "50 02 0001",
    "62 02 0001",
  ])
  func `[MQTT-3.2.0-1] anything before CONNACK closes`(hex: String) throws {
    let talk = Conversation()
    _ = try talk.connect()
    let words = talk.feed(hex)
    #expect(words.count == 1 && words[0].contains("closed: unexpected"))
    #expect(!talk.isConnected)
  }

  @Test func `a second CONNACK closes`() throws {
    let talk = try Conversation.connected()
    let words = talk.feed("20 02 00 00")
    #expect(words.count == 1 && words[0].contains("unexpected"))
  }

  @Test func `a server that does not answer is left after the time-out`() throws {
    let talk = Conversation()
    _ = try talk.connect()
    #expect(talk.untilDeadline == 10_000)
    #expect(talk.wait(9_999) == [])
    #expect(talk.wait(1) == ["closed: notAnswered"])
    #expect(talk.events() == [])
    #expect(talk.untilDeadline == nil)
  }

  @Test func `half a CONNACK is no answer`() throws {
    let talk = Conversation()
    _ = try talk.connect()
    #expect(talk.feed("20 02 00") == [])
    #expect(talk.wait(10_000) == ["closed: notAnswered"])
  }

  @Test func `[MQTT-3.14.4-1] [MQTT-3.14.4-2] DISCONNECT ends the connection on this side`() throws
  {
    let talk = try Conversation.connected()
    #expect(try talk.disconnect() == "e0 00")
    #expect(!talk.isConnected)
    #expect(talk.feed("30 03 0001 61") == [])
    #expect(throws: ClientError.notConnected) { try talk.disconnect() }
  }

  @Test func `nothing is sent without a connection`() throws {
    let talk = Conversation()
    #expect(throws: ClientError.notConnected) { try talk.publish("", to: "a", qos: .atMostOnce) }
    #expect(throws: ClientError.notConnected) { try talk.subscribe(to: "a", qos: .atMostOnce) }
    #expect(throws: ClientError.notConnected) { try talk.unsubscribe(from: "a") }
    _ = try talk.connect()
    #expect(throws: ClientError.notConnected) { try talk.publish("", to: "a", qos: .atMostOnce) }
    #expect(throws: ClientError.alreadyConnected) { try talk.connect() }
  }

  @Test func `a CONNECT that does not fit can be tried again`() throws {
    let talk = Conversation()
    talk.room = 15
    #expect(throws: ClientError.outOfRoom) { try talk.connect() }
    talk.room = 16
    #expect(try talk.connect().isEmpty == false)
  }

  @Test func `a client connects again after its connection was lost`() throws {
    let talk = try Conversation.connected()
    talk.connectionLost()
    #expect(!talk.isConnected)
    _ = try talk.connect()
    #expect(talk.feed("20 02 00 00") == ["connected"])
  }
}

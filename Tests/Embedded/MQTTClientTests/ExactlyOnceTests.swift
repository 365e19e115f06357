import MQTTClient
import Testing

@Suite struct ExactlyOnceTests {
  private let refusal = "closed: tooManyMessages"

  @Test func `a message goes out in four packets`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.publish("hi", to: "a", qos: .exactlyOnce) == "34 07 00 01 61 00 01 68 69")
    #expect(talk.transmitted() == "")
    #expect(talk.feed("50 02 0001") == ["received 1"])
    #expect(talk.inFlightCount == 1)
    #expect(talk.transmitted() == "62 02 00 01")
    #expect(talk.transmitted() == "")
    #expect(talk.feed("70 02 0001") == ["published 1"])
    #expect(talk.inFlightCount == 0)
  }

  @Test func `[MQTT-4.6.0-4] PUBRELs go in the order of the PUBRECs`() throws {
    let talk = try Conversation.connected(isClean: false)
    for text in ["1", "2", "3"] { _ = try talk.publish(text, to: "a", qos: .exactlyOnce) }
    #expect(talk.feed("50 02 0003 50 02 0001") == ["received 3", "received 1"])
    #expect(talk.transmitted() == "62 02 00 03 62 02 00 01")
    #expect(talk.feed("50 02 0002 70 02 0001") == ["received 2", "published 1"])
    talk.room = 5
    #expect(talk.transmitted() == "62 02 00 02")
    try reconnect(talk)
    #expect(talk.transmitted() == "62 02 00 03")
    #expect(talk.transmitted() == "62 02 00 02")
    #expect(talk.transmitted() == "")
  }

  @Test func `[MQTT-4.3.3-1] after PUBREC only the PUBREL is sent again`() throws {
    let talk = try Conversation.connected(isClean: false)
    for text in ["1", "2"] { _ = try talk.publish(text, to: "a", qos: .exactlyOnce) }
    _ = try talk.publish("3", to: "a", qos: .atLeastOnce)
    _ = talk.feed("50 02 0002")
    for _ in 1...2 {
      try reconnect(talk)
      #expect(talk.transmitted() == "62 02 00 02")
      #expect(talk.events() == ["resend 1", "resend 3"])
      #expect(throws: ClientError.unknownIdentifier) { try talk.resend(2, "2", to: "a") }
      #expect(throws: ClientError.unknownIdentifier) { try talk.abandon(2) }
      // [MQTT-3.3.1-1] DUP, and the QoS that the message had.
      #expect(try talk.resend(1, "1", to: "a") == "3c 06 00 01 61 00 01 31")
      #expect(try talk.resend(3, "3", to: "a") == "3a 06 00 01 61 00 03 33")
    }
    let words = talk.feed("70 02 0002 50 02 0001 40 02 0003")
    #expect(words == ["published 2", "received 1", "published 3"])
    #expect(talk.transmitted() == "62 02 00 01")
    #expect(talk.feed("70 02 0001") == ["published 1"])
  }

  @Test func `nothing is released before the server has answered CONNECT`() throws {
    let talk = try Conversation.connected(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    _ = talk.feed("50 02 0001")
    talk.connectionLost()
    #expect(talk.transmitted() == "")
    _ = try talk.connect(isClean: false)
    #expect(talk.transmitted() == "")
    _ = talk.feed("20 02 01 00")
    #expect(talk.transmitted() == "62 02 00 01")
  }

  @Test func `new messages wait for what is to be sent again, not for what is released`() throws {
    let talk = try Conversation.connected(isClean: false)
    for text in ["1", "2"] { _ = try talk.publish(text, to: "a", qos: .exactlyOnce) }
    _ = talk.feed("50 02 0001")
    try reconnect(talk)
    #expect(throws: ClientError.resendFirst) { try talk.publish("", to: "a", qos: .exactlyOnce) }
    _ = try talk.resend(2, "2", to: "a")
    #expect(try talk.publish("", to: "a", qos: .exactlyOnce) == "34 05 00 01 61 00 03")
  }

  @Test func `a repeated PUBREC gets another PUBREL and is told once`() throws {
    let talk = try Conversation.connected()
    _ = try talk.publish("hi", to: "a", qos: .exactlyOnce)
    #expect(talk.feed("50 02 0001 50 02 0001") == ["received 1"])
    #expect(talk.transmitted() == "62 02 00 01")
    #expect(talk.feed("50 02 0001") == [])
    #expect(talk.transmitted() == "62 02 00 01")
    #expect(talk.feed("70 02 0001 70 02 0001") == ["published 1"])
  }

  @Test func `a PUBREC that nothing waits for is answered, so that the server forgets`() throws {
    let talk = try Conversation.connected()
    #expect(talk.feed("50 02 0009") == [])
    #expect(talk.transmitted() == "62 02 00 09")
    #expect(talk.feed("70 02 0009") == [])
  }

  @Test func `acknowledgements of another kind change nothing`() throws {
    let talk = try Conversation.connected()
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    _ = try talk.publish("2", to: "a", qos: .atLeastOnce)
    _ = try talk.subscribe(to: "a", qos: .exactlyOnce)
    #expect(talk.feed("40 02 0001 70 02 0001") == [])
    #expect(talk.feed("50 02 0002 70 02 0002") == [])
    #expect(talk.feed("50 02 0003 70 02 0003 40 02 0003") == [])
    #expect(talk.transmitted() == "" && talk.inFlightCount == 3)
    #expect(talk.feed("50 02 0001 40 02 0001") == ["received 1"])
    #expect(talk.inFlightCount == 3)
  }

  @Test func `a message that is given up is released, for the server may have it`() throws {
    let talk = try Conversation.connected(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    try reconnect(talk)
    #expect(talk.events() == ["resend 1"])
    try talk.abandon(1)
    #expect(talk.transmitted() == "62 02 00 01")
    try reconnect(talk)
    #expect(talk.events() == [])
    #expect(talk.transmitted() == "62 02 00 01")
    #expect(try talk.publish("2", to: "a", qos: .exactlyOnce) == "34 06 00 01 61 00 02 32")
    #expect(talk.feed("50 02 0001 70 02 0001") == [])
    #expect(talk.inFlightCount == 1)
  }

  @Test func `a clean session forgets both ways`() throws {
    let talk = try Conversation.connected()
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    _ = talk.feed("50 02 0001 34 05 0001 62 0001")
    talk.connectionLost()
    _ = try talk.connect()
    _ = talk.feed("20 02 00 00")
    #expect(talk.transmitted() == "" && talk.events() == [] && talk.inFlightCount == 0)
    #expect(talk.feed("34 05 0001 62 0001") == ["b =  q2"])
  }

  @Test func `[MQTT-4.3.3-2] a repeated message is acknowledged and not told again`() throws {
    let talk = try Conversation.connected()
    #expect(talk.feed("34 06 0001 61 0005 31") == ["a = 1 q2"])
    #expect(talk.transmitted() == "50 02 00 05")
    #expect(talk.feed("3c 06 0001 61 0005 31 34 06 0001 61 0005 31") == [])
    #expect(talk.transmitted() == "50 02 00 05 50 02 00 05")
    #expect(talk.feed("62 02 0005") == [])
    #expect(talk.transmitted() == "70 02 00 05")
    #expect(talk.feed("34 06 0001 61 0005 32") == ["a = 2 q2"])
  }

  @Test func `a PUBREL of what is not known is completed`() throws {
    let talk = try Conversation.connected()
    #expect(talk.feed("62 02 0005") == [])
    #expect(talk.transmitted() == "70 02 00 05")
  }

  @Test(arguments: [true, false])
  func `a kept session knows what it has received`(hadTransmitted: Bool) throws {
    let talk = try Conversation.connected(isClean: false)
    _ = talk.feed("34 06 0001 61 0005 31")
    if hadTransmitted { _ = talk.transmitted() }
    try reconnect(talk)
    #expect(talk.transmitted() == "")
    #expect(talk.feed("3c 06 0001 61 0005 31") == [])
    #expect(talk.transmitted() == "50 02 00 05")
    #expect(talk.feed("62 02 0005") == [])
    #expect(talk.transmitted() == "70 02 00 05")
  }

  @Test func `a session that the server lost starts its identifiers anew`() throws {
    let talk = try Conversation.connected(isClean: false)
    _ = talk.feed("34 06 0001 61 0001 31")
    talk.connectionLost()
    _ = try talk.connect(isClean: false)
    #expect(talk.feed("20 02 00 00") == ["connected"])
    #expect(talk.feed("34 06 0001 61 0001 32") == ["a = 2 q2"])
  }

  @Test func `3_1, whose CONNACK tells nothing about the session, keeps what was received`() throws
  {
    let talk = Conversation()
    for round in 1...2 {
      _ = try talk.connect(isClean: false, version: .mqtt31)
      #expect(talk.feed("20 02 00 00") == ["connected"])
      #expect(talk.feed("3c 06 0001 61 0005 31") == (round == 1 ? ["a = 1 q2 dup"] : []))
      #expect(talk.transmitted() == "50 02 00 05")
      talk.connectionLost()
    }
  }

  @Test func `more messages than the client has room for close`() throws {
    let talk = try Conversation.connected(isClean: false)
    #expect(talk.feed("34 05 0001 61 0001 34 05 0001 61 0002").count == 2)
    #expect(talk.transmitted() == "50 02 00 01 50 02 00 02")
    #expect(talk.feed("62 02 0001 34 05 0001 61 0003") == ["a =  q2"])
    #expect(talk.feed("3c 05 0001 61 0002") == [])
    _ = talk.transmitted()
    #expect(talk.feed("34 05 0001 61 0004") == [refusal])
  }

  @Test func `answers of all kinds keep their order and wait for room`() throws {
    let talk = try Conversation.connected()
    let words = talk.feed("34 05 0001 61 0001 32 05 0001 62 0002 62 02 0001 62 02 0007")
    #expect(words == ["a =  q2", "b =  q1"] && talk.unread == 4)
    talk.room = 7
    #expect(talk.transmitted() == "50 02 00 01")
    #expect(talk.feed("") == [] && talk.unread == 0)
    talk.room = 100
    #expect(talk.transmitted() == "40 02 00 02 70 02 00 01 70 02 00 07")
  }

  @Test func `a QoS 2 subscription is granted`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.subscribe(to: "a", qos: .exactlyOnce) == "82 06 00 01 00 01 61 02")
    #expect(talk.feed("90 03 0001 02") == ["subscribed 1 q2"])
  }

  private func reconnect(_ talk: Conversation) throws {
    talk.connectionLost()
    let room = talk.room
    talk.room = 512
    _ = try talk.connect(isClean: false)
    talk.room = room
    let words = talk.feed("20 02 01 00")
    #expect(words == ["connected again"])
  }
}

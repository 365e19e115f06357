import MQTTClient
import MQTTCodec
import MQTTTerms
import Testing

/// Messages of version 5.0, both ways.
@Suite struct Publishing5Tests {
  @Test func `[MQTT5-2.2.1-2] [MQTT5-4.3.1-1] QoS 0 goes out with properties`() throws {
    let talk = try Conversation.connected5()
    // Content Type "t", Message Expiry Interval 60.
    let image = try talk.publish(
      "hi", to: "a", qos: .atMostOnce, properties: "03 0001 74 02 0000003c")
    #expect(image == "30 0f 00 01 61 09 03 00 01 74 02 00 00 00 3c 68 69")
  }

  @Test(arguments: ["0b 01", "11 00000001", "01 02", "08 0001 23", "03 0002 c328", "03 0005 61"])
  func `[MQTT5-3.3.4-6] [MQTT5-3.3.2-13] [MQTT5-3.3.2-14] [MQTT5-3.3.2-19] false properties stay`(
    properties: String
  ) throws {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.malformedProperties) {
      try talk.publish("", to: "a", qos: .atLeastOnce, properties: properties)
    }
    #expect(talk.inFlightCount == 0)
  }

  @Test func `before 5.0 properties are left out`() throws {
    let talk = try Conversation.connected()
    let image = try talk.publish("hi", to: "a", qos: .atMostOnce, properties: "03 0001 74")
    #expect(image == "30 05 00 01 61 68 69")
  }

  @Test(arguments: ["", "#", "a/+", "a\0"])
  func `[MQTT5-3.3.2-1] [MQTT5-3.3.2-2] [MQTT5-4.7.3-2] what is no Topic Name is not sent`(
    topic: String
  ) throws {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.malformedTopic) {
      try talk.publish("", to: topic, qos: .atMostOnce)
    }
  }

  @Test func `[MQTT5-4.3.2-1] [MQTT5-4.3.2-2] [MQTT5-4.3.2-3] [MQTT5-2.2.1-3] QoS 1`()
    throws
  {
    let talk = try Conversation.connected5()
    #expect(try talk.publish("1", to: "a", qos: .atLeastOnce) == "32 07 00 01 61 00 01 00 31")
    #expect(try talk.publish("2", to: "a", qos: .atLeastOnce) == "32 07 00 01 61 00 02 00 32")
    #expect(talk.feed("40 02 0001 40 03 0002 10") == ["published 1", "published 2 rc16"])
    #expect(talk.inFlightCount == 0)
  }

  @Test func `[MQTT5-4.4.0-2] a PUBACK that says no ends the delivery`() throws {
    let talk = try Conversation.connected5(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    let words = talk.feed("40 09 0001 97 05 1f 0002 6e6f")
    #expect(words == ["rejected 1 rc151 [1f 00 02 6e 6f]"])
    #expect(talk.inFlightCount == 0)
    try reconnect(talk)
    #expect(talk.events() == [])
  }

  @Test func `[MQTT5-4.4.0-2] a PUBREC that says no ends the delivery, without PUBREL`() throws {
    let talk = try Conversation.connected5(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    #expect(talk.feed("50 03 0001 87") == ["rejected 1 rc135"])
    #expect(talk.transmitted() == "")
    try reconnect(talk)
    #expect(talk.events() == [] && talk.transmitted() == "")
  }

  @Test(arguments: ["40 03 0001 92", "50 03 0001 01", "62 03 0001 80", "70 03 0001 10"])
  func `[MQTT5-3.4.2-1] [MQTT5-3.5.2-1] [MQTT5-3.6.2-1] [MQTT5-3.7.2-1] a false code closes`(
    packet: String
  ) throws {
    let talk = try Conversation.connected5()
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    #expect(
      talk.feed(packet) == ["closed: malformed(MQTTCodec.CodecError.malformedReturnCode)"])
    #expect(talk.transmitted() == "e0 01 81")
  }

  @Test
  func `[MQTT5-4.3.3-1] [MQTT5-4.3.3-2] [MQTT5-4.3.3-4] [MQTT5-3.6.1-1] QoS 2 in four packets`()
    throws
  {
    let talk = try Conversation.connected5()
    #expect(try talk.publish("1", to: "a", qos: .exactlyOnce) == "34 07 00 01 61 00 01 00 31")
    #expect(talk.feed("50 03 0001 10") == ["received 1 rc16"])
    #expect(talk.transmitted() == "62 02 00 01")
    #expect(talk.feed("70 02 0001") == ["published 1"])
    #expect(talk.inFlightCount == 0)
  }

  @Test
  func `[MQTT5-4.3.3-3] [MQTT5-4.3.3-5] [MQTT5-4.3.3-6] each step is repeated until answered`()
    throws
  {
    let talk = try Conversation.connected5(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    try reconnect(talk)
    #expect(talk.events() == ["resend 1"])
    _ = try talk.resend(1, "1", to: "a")
    _ = talk.feed("50 02 0001")
    for _ in 1...2 {
      try reconnect(talk)
      #expect(talk.events() == [])
      #expect(talk.transmitted() == "62 02 00 01")
    }
    #expect(talk.feed("70 03 0001 92") == ["published 1 rc146"])
  }

  @Test func `[MQTT5-4.3.3-7] a message that was sent is sent again, however old`() throws {
    let talk = try Conversation.connected5(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce, properties: "02 00000001")
    _ = talk.wait(9_000)
    try reconnect(talk)
    #expect(talk.events() == ["resend 1"])
  }

  @Test func `[MQTT5-4.6.0-1] messages are sent again in their order, before new ones`() throws {
    let talk = try Conversation.connected5(isClean: false)
    for text in ["1", "2", "3"] { _ = try talk.publish(text, to: "a", qos: .atLeastOnce) }
    _ = talk.feed("40 02 0002")
    try reconnect(talk)
    #expect(talk.events() == ["resend 1", "resend 3"])
    #expect(throws: ClientError.resendFirst) { try talk.publish("", to: "a", qos: .atLeastOnce) }
  }

  @Test func `[MQTT5-4.6.0-4] PUBRELs go in the order of the PUBRECs`() throws {
    let talk = try Conversation.connected5()
    for text in ["1", "2"] { _ = try talk.publish(text, to: "a", qos: .exactlyOnce) }
    _ = talk.feed("50 02 0002 50 02 0001")
    #expect(talk.transmitted() == "62 02 00 02 62 02 00 01")
  }

  @Test func `a PUBREC for nothing that is known is answered by 0x92`() throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed("50 02 0009 50 03 0008 80") == [])
    #expect(talk.transmitted() == "62 03 00 09 92")
  }

  @Test func `[MQTT5-4.7.3-3] a topic of more than 65535 octets is not sent`() throws {
    let talk = try Conversation.connected5()
    let topic = String(repeating: "a", count: 65_536)
    talk.room = 100_000
    #expect(throws: ClientError.malformedTopic) {
      try talk.publish("", to: topic, qos: .atMostOnce)
    }
    #expect(throws: ClientError.malformedTopic) { try talk.subscribe(to: topic, qos: .atMostOnce) }
    #expect(try talk.publish("", to: String(topic.dropLast()), qos: .atMostOnce).isEmpty == false)
  }

  @Test func `[MQTT5-3.3.1-2] a message at QoS 0 with DUP closes`() throws {
    let talk = try Conversation.connected5()
    #expect(
      talk.feed("38 04 0001 61 00") == [
        "closed: malformed(MQTTCodec.CodecError.malformedHeaderFlags)"
      ])
    #expect(talk.transmitted() == "e0 01 81")
  }

  @Test func `messages come with their properties`() throws {
    let talk = try Conversation.connected5()
    let words = talk.feed("30 0b 0001 61 05 03 0002 7478 6869")
    #expect(words == ["a = hi q0 [03 00 02 74 78]"])
  }

  @Test
  func `[MQTT5-3.3.4-1] [MQTT5-4.3.2-4] [MQTT5-4.3.2-5] [MQTT5-4.5.0-2] [MQTT5-2.2.1-5] QoS 1`()
    throws
  {
    let talk = try Conversation.connected5()
    #expect(talk.feed("32 07 0001 61 0007 00 31") == ["a = 1 q1"])
    #expect(talk.transmitted() == "40 02 00 07")
    // [MQTT5-4.3.2-5] The identifier is free again, whatever DUP says.
    #expect(talk.feed("3a 07 0001 61 0007 00 32") == ["a = 2 q1 dup"])
    #expect(talk.transmitted() == "40 02 00 07")
  }

  @Test func `[MQTT5-4.3.3-8] [MQTT5-4.3.3-10] [MQTT5-4.3.3-11] a message at QoS 2 comes once`()
    throws
  {
    let talk = try Conversation.connected5()
    #expect(talk.feed("34 0c 0001 61 0005 05 02 00000001 31") == ["a = 1 q2 [02 00 00 00 01]"])
    #expect(talk.transmitted() == "50 02 00 05")
    #expect(talk.feed("3c 07 0001 61 0005 00 31") == [])
    #expect(talk.transmitted() == "50 02 00 05")
    // [MQTT5-4.3.3-13] Its lifetime is over, the exchange is not.
    _ = talk.wait(9_000)
    #expect(talk.feed("62 02 0005") == [])
    #expect(talk.transmitted() == "70 02 00 05")
  }

  @Test func `[MQTT5-4.3.3-12] [MQTT5-4.3.3-13] after PUBCOMP the identifier is free`() throws {
    let talk = try Conversation.connected5()
    for text in ["31", "32"] {
      #expect(talk.feed("34 0c 0001 61 0005 05 02 00000001 \(text)").count == 1)
      _ = talk.wait(2_000)
      #expect(talk.feed("62 02 0005") == [])
      #expect(talk.transmitted() == "50 02 00 05 70 02 00 05")
    }
  }

  @Test func `a PUBREL for nothing that is known is answered by 0x92`() throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed("62 02 0009 62 03 0008 92") == [])
    #expect(talk.transmitted() == "70 03 00 09 92 70 03 00 08 92")
  }

  @Test func `[MQTT5-4.6.0-2] [MQTT5-4.6.0-3] acknowledgements keep the order of the messages`()
    throws
  {
    let talk = try Conversation.connected5()
    _ = talk.feed("34 06 0001 61 0001 00 32 06 0001 61 0002 00 34 06 0001 61 0003 00")
    #expect(talk.transmitted() == "50 02 00 01 40 02 00 02 50 02 00 03")
  }

  @Test(arguments: [
    ("[MQTT5-3.4.2-2] [MQTT5-3.4.2-3] PUBACK", "32 06 0001 61 0001 00", "40 02 00 01"),
    ("[MQTT5-3.5.2-2] [MQTT5-3.5.2-3] PUBREC", "34 06 0001 61 0002 00", "50 02 00 02"),
    ("[MQTT5-3.6.2-2] [MQTT5-3.6.2-3] PUBREL", "50 02 0009", "62 03 00 09 92"),
    ("[MQTT5-3.7.2-2] [MQTT5-3.7.2-3] PUBCOMP", "62 02 0009", "70 03 00 09 92"),
  ])
  func `no acknowledgement grows with properties`(
    name: String, packet: String, answer: String
  ) throws {
    let talk = try Conversation.connected5("27 00000005")
    _ = talk.feed(packet)
    #expect(talk.transmitted() == answer)
  }

  private func reconnect(_ talk: Conversation) throws {
    talk.connectionLost()
    _ = try talk.connect(isClean: false, version: .mqtt50)
    #expect(talk.feed(connack5(isSessionPresent: true)) == ["connected again"])
  }
}

import MQTTClient
import MQTTTerms
import Testing

@Suite struct PublishingTests {
  @Test func `QoS 0 goes out and is forgotten`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.publish("hi", to: "a/b", qos: .atMostOnce) == "30 07 00 03 61 2f 62 68 69")
    #expect(
      try talk.publish("hi", to: "a", qos: .atMostOnce, isRetained: true) == "31 05 00 01 61 68 69")
    #expect(talk.inFlightCount == 0)
  }

  @Test func `QoS 1 waits for its PUBACK`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.publish("hi", to: "a", qos: .atLeastOnce) == "32 07 00 01 61 00 01 68 69")
    #expect(try talk.publish("ho", to: "a", qos: .atLeastOnce) == "32 07 00 01 61 00 02 68 6f")
    #expect(talk.inFlightCount == 2)
    #expect(talk.feed("40 02 0002 40 02 0001") == ["published 2", "published 1"])
    #expect(talk.inFlightCount == 0)
  }

  @Test func `a full window takes nothing more until an acknowledgement comes`() throws {
    let talk = try Conversation.connected()
    for _ in 1...3 { _ = try talk.publish("", to: "a", qos: .atLeastOnce) }
    #expect(throws: ClientError.windowFull) { try talk.publish("", to: "a", qos: .atLeastOnce) }
    #expect(throws: ClientError.windowFull) { try talk.subscribe(to: "a", qos: .atLeastOnce) }
    #expect(try talk.publish("", to: "a", qos: .atMostOnce) == "30 03 00 01 61")
    #expect(talk.feed("40 02 0002") == ["published 2"])
    #expect(try talk.publish("", to: "a", qos: .atLeastOnce) == "32 05 00 01 61 00 04")
  }

  @Test func `an acknowledgement that nothing waits for is passed over`() throws {
    let talk = try Conversation.connected()
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    #expect(talk.feed("40 02 0001 40 02 0009 90 03 0007 00 b0 02 0001") == [])
    #expect(talk.inFlightCount == 1)
  }

  @Test func `[MQTT-2.3.1-2] an identifier in use is not given again`() throws {
    let talk = try Conversation.connected()
    _ = try talk.publish("", to: "a", qos: .atLeastOnce)
    for number in 2...65_535 {
      _ = try talk.publish("", to: "a", qos: .atLeastOnce)
      let octets = [0x40, 2, UInt8(number >> 8), UInt8(number & 255)]
      _ = talk.feed(octets)
    }
    #expect(talk.inFlightCount == 1)
    #expect(try talk.publish("", to: "a", qos: .atLeastOnce) == "32 05 00 01 61 00 02")
  }

  @Test(arguments: ["", "#", "a/+", "a\0"])
  func `[MQTT-3.3.2-2] a topic that is no Topic Name is not sent`(topic: String) throws {
    let talk = try Conversation.connected()
    for qos in [QoS.atMostOnce, .atLeastOnce] {
      #expect(throws: ClientError.malformedTopic) { try talk.publish("", to: topic, qos: qos) }
    }
    #expect(talk.inFlightCount == 0)
  }

  @Test func `a message that does not fit leaves no trace`() throws {
    let talk = try Conversation.connected()
    talk.room = 8
    #expect(throws: ClientError.outOfRoom) { try talk.publish("hi", to: "a", qos: .atLeastOnce) }
    #expect(talk.inFlightCount == 0)
    talk.room = 9
    #expect(try talk.publish("hi", to: "a", qos: .atLeastOnce) == "32 07 00 01 61 00 01 68 69")
  }

  @Test func `nothing is sent again while the connection lasts`() throws {
    let talk = try Conversation.connected(keepAlive: 0)
    _ = try talk.publish("hi", to: "a", qos: .atLeastOnce)
    #expect(talk.wait(3_600_000) == [])
    #expect(talk.transmitted() == "")
  }

  @Test func `[MQTT-4.4.0-1] what was not acknowledged is sent again after a reconnection`() throws
  {
    let talk = try Conversation.connected(isClean: false)
    for text in ["1", "2", "3"] { _ = try talk.publish(text, to: "a", qos: .atLeastOnce) }
    _ = talk.feed("40 02 0002")
    talk.connectionLost()
    #expect(talk.events() == [])
    _ = try talk.connect(isClean: false)
    #expect(talk.events() == [])
    #expect(talk.feed("20 02 01 00") == ["connected again"])
    // [MQTT-4.6.0-1] In the order in which they were sent first.
    #expect(talk.events() == ["resend 1", "resend 3"])
    #expect(talk.events() == [])
    #expect(throws: ClientError.resendFirst) { try talk.publish("", to: "a", qos: .atLeastOnce) }
    #expect(try talk.resend(1, "1", to: "a") == "3a 06 00 01 61 00 01 31")
    #expect(throws: ClientError.unknownIdentifier) { try talk.resend(1, "1", to: "a") }
    #expect(throws: ClientError.unknownIdentifier) { try talk.resend(2, "2", to: "a") }
    #expect(try talk.resend(3, "3", to: "a") == "3a 06 00 01 61 00 03 33")
    #expect(try talk.publish("", to: "a", qos: .atLeastOnce) == "32 05 00 01 61 00 04")
    #expect(talk.feed("40 02 0001 40 02 0003") == ["published 1", "published 3"])
  }

  @Test func `a message that the application no longer has is given up`() throws {
    let talk = try Conversation.connected(isClean: false)
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    #expect(throws: ClientError.unknownIdentifier) { try talk.abandon(1) }
    talk.connectionLost()
    _ = try talk.connect(isClean: false)
    _ = talk.feed("20 02 00 00")
    #expect(talk.events() == ["resend 1"])
    try talk.abandon(1)
    #expect(talk.inFlightCount == 0)
    #expect(try talk.publish("", to: "a", qos: .atLeastOnce) == "32 05 00 01 61 00 02")
  }

  @Test func `a connection that breaks while sending again starts over`() throws {
    let talk = try Conversation.connected(isClean: false)
    for text in ["1", "2"] { _ = try talk.publish(text, to: "a", qos: .atLeastOnce) }
    for _ in 1...2 {
      talk.connectionLost()
      _ = try talk.connect(isClean: false)
      _ = talk.feed("20 02 01 00")
      #expect(talk.events() == ["resend 1", "resend 2"])
      _ = try talk.resend(1, "1", to: "a")
    }
  }

  @Test func `a clean session forgets what was not acknowledged`() throws {
    let talk = try Conversation.connected(isClean: true)
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    talk.connectionLost()
    _ = try talk.connect(isClean: true)
    _ = talk.feed("20 02 00 00")
    #expect(talk.events() == [] && talk.inFlightCount == 0)
  }

  @Test func `a message arrives, and QoS 1 is acknowledged in order`() throws {
    let talk = try Conversation.connected()
    let words = talk.feed("31 05 0001 61 6869 32 05 0001 62 0007 3a 06 0001 63 0003 21")
    #expect(words == ["a = hi q0 retain", "b =  q1", "c = ! q1 dup"])
    // [MQTT-4.6.0-2]
    #expect(talk.transmitted() == "40 02 00 07 40 02 00 03")
    #expect(talk.transmitted() == "")
  }

  @Test func `a client takes no more messages than it can acknowledge`() throws {
    let talk = try Conversation.connected()
    let message = "32 05 0001 61 00"
    let words = talk.feed((1...5).map { "\(message) 0\($0)" }.joined())
    #expect(words.count == 3 && talk.unread == 14)
    talk.room = 5
    #expect(talk.transmitted() == "40 02 00 01")
    #expect(talk.feed("").count == 1)
    talk.room = 100
    #expect(talk.transmitted() == "40 02 00 02 40 02 00 03 40 02 00 04")
    #expect(talk.feed("").count == 1 && talk.unread == 0)
    #expect(talk.transmitted() == "40 02 00 05")
  }

  @Test func `acknowledgements do not outlive their connection`() throws {
    let talk = try Conversation.connected(isClean: false)
    _ = talk.feed("32 05 0001 61 0001")
    talk.connectionLost()
    #expect(talk.transmitted() == "")
    _ = try talk.connect(isClean: false)
    _ = talk.feed("20 02 01 00")
    #expect(talk.transmitted() == "")
  }
}

import MQTTClient
import MQTTCodec
import MQTTTerms
import Testing

/// What a server of 5.0 does not take, and what a client does not.
@Suite struct Limits5Tests {
  @Test func `a server that says nothing takes everything but aliases`() throws {
    let limits = try Conversation.connected5().limits
    #expect(limits.receiveMaximum == 65_535 && limits.maximumPacketSize == .max)
    #expect(limits.maximumQoS == .exactlyOnce && limits.isRetainAvailable)
    #expect(limits.topicAliasMaximum == 0 && limits.keepAlive == nil)
  }

  @Test func `[MQTT5-3.3.4-7] [MQTT5-4.9.0-1] [MQTT5-4.9.0-2] no more is in flight than it takes`()
    throws
  {
    let talk = try Conversation.connected5("21 0002")
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    #expect(talk.canPublish)
    _ = try talk.publish("2", to: "a", qos: .exactlyOnce)
    #expect(!talk.canPublish)
    for qos in [QoS.atLeastOnce, .exactlyOnce] {
      #expect(throws: ClientError.windowFull) { try talk.publish("3", to: "a", qos: qos) }
    }
    // A PUBREC is no end, a PUBCOMP is.
    #expect(talk.feed("50 02 0002") == ["received 2"])
    #expect(!talk.canPublish)
    #expect(talk.feed("70 02 0002") == ["published 2"])
    #expect(talk.canPublish)
    #expect(try talk.publish("3", to: "a", qos: .atLeastOnce) == "32 07 00 01 61 00 03 00 33")
  }

  @Test func `[MQTT5-3.3.4-8] [MQTT5-4.9.0-3] a full receive maximum holds nothing else back`()
    throws
  {
    let talk = try Conversation.connected5("21 0001")
    _ = try talk.publish("1", to: "a", qos: .exactlyOnce)
    #expect(try talk.publish("0", to: "a", qos: .atMostOnce) == "30 05 00 01 61 00 30")
    #expect(try talk.subscribe(to: "a", qos: .atMostOnce) == "82 07 00 02 00 00 01 61 00")
    #expect(talk.feed("32 06 0001 62 0009 00") == ["b =  q1"])
    _ = talk.feed("50 02 0001")
    #expect(talk.transmitted() == "40 02 00 09 62 02 00 01")
    _ = talk.wait(45_000)
    #expect(talk.transmitted() == "c0 00")
  }

  @Test func `[MQTT5-4.9.0-2] what is sent again keeps to the receive maximum too`() throws {
    let talk = try Conversation.connected5(isClean: false)
    for text in ["1", "2", "3"] { _ = try talk.publish(text, to: "a", qos: .atLeastOnce) }
    talk.connectionLost()
    _ = try talk.connect(isClean: false, version: .mqtt50)
    _ = talk.feed(connack5("21 0001", isSessionPresent: true))
    #expect(talk.events() == ["resend 1"])
    _ = try talk.resend(1, "1", to: "a")
    #expect(talk.events() == [])
    _ = talk.feed("40 02 0001")
    #expect(talk.events() == ["resend 2"])
    try talk.abandon(2)
    #expect(talk.events() == ["resend 3"])
    #expect(throws: ClientError.resendFirst) { try talk.publish("", to: "a", qos: .atLeastOnce) }
  }

  @Test func `[MQTT5-3.2.2-11] no message has a higher QoS than it takes`() throws {
    let talk = try Conversation.connected5("24 01")
    #expect(throws: ClientError.qosNotSupported) {
      try talk.publish("", to: "a", qos: .exactlyOnce)
    }
    #expect(try talk.publish("", to: "a", qos: .atLeastOnce) == "32 06 00 01 61 00 01 00")
    // A subscription may ask for more: it is granted less.
    #expect(try talk.subscribe(to: "a", qos: .exactlyOnce) == "82 07 00 02 00 00 01 61 02")
  }

  @Test func `[MQTT5-3.2.2-14] nothing is retained where nothing can be`() throws {
    let talk = try Conversation.connected5("25 00")
    #expect(throws: ClientError.retainNotSupported) {
      try talk.publish("", to: "a", qos: .atMostOnce, isRetained: true)
    }
    #expect(try talk.publish("", to: "a", qos: .atMostOnce) == "30 04 00 01 61 00")
  }

  @Test func `[MQTT5-3.2.2-15] no packet is larger than it takes`() throws {
    let talk = try Conversation.connected5("27 0000000a")
    #expect(try talk.publish("1234", to: "a", qos: .atMostOnce).isEmpty == false)
    #expect(throws: ClientError.packetTooLarge) {
      try talk.publish("12345", to: "a", qos: .atMostOnce)
    }
    #expect(throws: ClientError.packetTooLarge) {
      try talk.publish("123", to: "a", qos: .atLeastOnce)
    }
    #expect(throws: ClientError.packetTooLarge) { try talk.subscribe(to: "abc", qos: .atMostOnce) }
    #expect(throws: ClientError.packetTooLarge) { try talk.unsubscribe(from: "abcd") }
    #expect(talk.inFlightCount == 0 && talk.isConnected)
  }

  @Test func `[MQTT5-3.14.2-3] [MQTT5-3.14.2-4] no farewell is larger than it takes`() throws {
    let talk = try Conversation.connected5("27 0000000a")
    let reason = "1f 0004 61616161"
    #expect(throws: ClientError.packetTooLarge) { try talk.disconnect(properties: reason) }
    #expect(throws: ClientError.packetTooLarge) {
      try talk.disconnect(properties: "26 0001 6b 0003 767676")
    }
    #expect(try talk.disconnect() == "e0 00")
  }

  @Test func `[MQTT5-3.2.2-18] [MQTT5-3.3.2-9] an alias is not sent to a server that takes none`()
    throws
  {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.topicAliasInvalid) {
      try talk.publish("", to: "a", qos: .atMostOnce, properties: "23 0001")
    }
  }

  @Test
  func `[MQTT5-3.2.2-17] [MQTT5-3.3.2-8] [MQTT5-3.3.2-9] no alias is above the server's maximum`()
    throws
  {
    let talk = try Conversation.connected5("22 0002")
    let first = try talk.publish("x", to: "a", qos: .atMostOnce, properties: "23 0002")
    #expect(first == "30 08 00 01 61 03 23 00 02 78")
    let second = try talk.publish("y", to: "", qos: .atMostOnce, properties: "23 0002")
    #expect(second == "30 07 00 00 03 23 00 02 79")
    #expect(throws: ClientError.topicAliasInvalid) {
      try talk.publish("", to: "a", qos: .atMostOnce, properties: "23 0003")
    }
    #expect(throws: ClientError.topicAliasInvalid) {
      try talk.publish("", to: "a", qos: .atMostOnce, properties: "23 0000")
    }
    #expect(throws: ClientError.malformedTopic) { try talk.publish("", to: "", qos: .atMostOnce) }
  }

  @Test func `[MQTT5-3.3.2-7] an alias and the limits end with the connection`() throws {
    let talk = try Conversation.connected5("22 0002", isClean: false)
    _ = try talk.publish("x", to: "a", qos: .atLeastOnce, properties: "23 0002")
    talk.connectionLost()
    #expect(talk.limits.topicAliasMaximum == 0)
    _ = try talk.connect(isClean: false, version: .mqtt50)
    _ = talk.feed(connack5("22 0002", isSessionPresent: true))
    #expect(talk.events() == ["resend 1"])
    #expect(throws: ClientError.malformedTopic) {
      try talk.resend(1, "x", to: "", properties: "23 0002")
    }
  }

  @Test func `what a server does not take of subscriptions is not asked for`() throws {
    let talk = try Conversation.connected5("28 00 29 00 2a 00")
    for filter in ["a/#", "+", "$share/g/a"] {
      #expect(throws: ClientError.subscriptionNotSupported) {
        try talk.subscribe(to: filter, qos: .atMostOnce)
      }
    }
    #expect(throws: ClientError.subscriptionNotSupported) {
      try talk.subscribe(to: "a", SubscriptionOptions(qos: .atMostOnce), properties: "0b 01")
    }
    #expect(try talk.subscribe(to: "a", qos: .atMostOnce) == "82 07 00 01 00 00 01 61 00")
  }

  @Test func `a packet larger than the client announced closes`() throws {
    let talk = try Conversation.connected5(promising: "27 00000010")
    #expect(talk.feed("30 0e 0001 61 00 31 32 33 34 35 36 37 38 39 30").count == 1)
    #expect(talk.feed("30 0f") == ["closed: packetTooLarge"])
    #expect(talk.transmitted() == "e0 01 95")
  }

  @Test func `more messages than the client announced close`() throws {
    let talk = try Conversation.connected5(promising: "21 0001")
    _ = talk.feed("34 06 0001 61 0001 00")
    #expect(talk.feed("34 06 0001 61 0002 00") == ["closed: tooManyMessages"])
    #expect(talk.transmitted() == "e0 01 93")
  }
}

import MQTTClient
import MQTTCodec
import Testing

/// Subscriptions of version 5.0.
@Suite struct Subscribing5Tests {
  @Test func `[MQTT5-3.8.1-1] [MQTT5-3.8.3-2] options and properties go with SUBSCRIBE`() throws {
    let talk = try Conversation.connected5()
    var options = SubscriptionOptions(qos: .exactlyOnce)
    options.isNoLocal = true
    options.isRetainAsPublished = true
    options.retainHandling = .doNotSend
    // Subscription Identifier 300.
    let image = try talk.subscribe(to: "a/+", options, properties: "0b ac02")
    #expect(image == "82 0c 00 01 03 0b ac 02 00 03 61 2f 2b 2e")
    #expect(talk.feed("90 04 0001 00 02") == ["subscribed 1 q2"])
  }

  @Test func `before 5.0 only the QoS is asked for`() throws {
    let talk = try Conversation.connected()
    let options = SubscriptionOptions(
      qos: .atLeastOnce, isNoLocal: true, retainHandling: .sendIfNew)
    #expect(try talk.subscribe(to: "a", options, properties: "0b 01") == "82 06 00 01 00 01 61 01")
  }

  @Test func `a refused subscription says why`() throws {
    let talk = try Conversation.connected5()
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    #expect(talk.feed("90 09 0001 05 1f 0002 6e6f 87") == ["subscribed 1 refused [1f 00 02 6e 6f]"])
  }

  @Test func `messages tell the subscriptions that they are for`() throws {
    let talk = try Conversation.connected5()
    #expect(talk.feed("30 09 0001 61 04 0b01 0b02 31") == ["a = 1 q0 [0b 01 0b 02]"])
  }

  @Test func `[MQTT5-3.8.3-4] no local goes with no shared subscription`() throws {
    let talk = try Conversation.connected5()
    let options = SubscriptionOptions(qos: .atMostOnce, isNoLocal: true)
    #expect(throws: ClientError.malformedOptions) { try talk.subscribe(to: "$share/g/a", options) }
    #expect(talk.inFlightCount == 0)
    #expect(try talk.subscribe(to: "a", options) == "82 07 00 01 00 00 01 61 04")
  }

  @Test(arguments: ["$share//a", "$share/g", "$share/g/", "$share/g+/a", "$share/#", "$share/+/a"])
  func `[MQTT5-4.8.2-1] [MQTT5-4.8.2-2] a share name has its rules`(filter: String) throws {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.malformedTopic) { try talk.subscribe(to: filter, qos: .atMostOnce) }
    #expect(throws: ClientError.malformedTopic) { try talk.unsubscribe(from: filter) }
    #expect(try talk.subscribe(to: "$share/g/#", qos: .atMostOnce).isEmpty == false)
  }

  @Test func `before 5.0 such a filter means nothing special`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.subscribe(to: "$share/+/a", qos: .atMostOnce).isEmpty == false)
  }

  @Test(arguments: ["", "a#", "#/a", "a\0"])
  func `[MQTT5-3.8.3-1] [MQTT5-3.10.3-1] what is no Topic Filter is not sent`(filter: String) throws
  {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.malformedTopic) { try talk.subscribe(to: filter, qos: .atMostOnce) }
    #expect(throws: ClientError.malformedTopic) { try talk.unsubscribe(from: filter) }
  }

  @Test(arguments: ["0b 00", "02 00000001", "0b 01 0b 02"])
  func `properties that SUBSCRIBE may not have are not sent`(properties: String) throws {
    let talk = try Conversation.connected5()
    let options = SubscriptionOptions(qos: .atMostOnce)
    #expect(throws: ClientError.malformedProperties) {
      try talk.subscribe(to: "a", options, properties: properties)
    }
    #expect(throws: ClientError.malformedProperties) {
      try talk.unsubscribe(from: "a", properties: "0b 01")
    }
    #expect(talk.inFlightCount == 0)
  }

  @Test func `[MQTT5-3.10.1-1] [MQTT5-3.10.3-2] a subscription is ended, and the answer told`()
    throws
  {
    let talk = try Conversation.connected5()
    let image = try talk.unsubscribe(from: "a", properties: "26 0001 6b 0001 76")
    #expect(image == "a2 0d 00 01 07 26 00 01 6b 00 01 76 00 01 61")
    #expect(talk.feed("b0 04 0001 00 11") == ["unsubscribed 1 rc17"])
    _ = try talk.unsubscribe(from: "a")
    #expect(talk.feed("b0 04 0002 00 87") == ["unsubscribed 2 rc135"])
  }

  @Test func `more codes than filters close`() throws {
    let talk = try Conversation.connected5()
    _ = try talk.unsubscribe(from: "a")
    #expect(talk.feed("b0 05 0001 00 00 00") == ["closed: unexpectedReturnCodes"])
    #expect(talk.transmitted() == "e0 01 82")
  }
}

import MQTTClient
import Testing

@Suite struct SubscribingTests {
  @Test func `a subscription is granted`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.subscribe(to: "a/#", qos: .atLeastOnce) == "82 08 00 01 00 03 61 2f 23 01")
    #expect(talk.feed("90 03 0001 01") == ["subscribed 1 q1"])
    #expect(talk.inFlightCount == 0)
  }

  @Test func `a subscription may be granted less, or refused`() throws {
    let talk = try Conversation.connected()
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    _ = try talk.subscribe(to: "b", qos: .atMostOnce)
    let words = talk.feed("90 03 0002 80 90 03 0001 00")
    #expect(words == ["subscribed 2 refused", "subscribed 1 q0"])
  }

  @Test func `[MQTT-3.8.4-5] a SUBACK without return codes closes`() throws {
    let talk = try Conversation.connected()
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    let words = talk.feed("90 02 0001")
    #expect(words.count == 1 && words[0].contains("emptyPayload"))
    #expect(!talk.isConnected)
  }

  @Test func `[MQTT-3.8.4-5] a SUBACK with too many return codes closes`() throws {
    let talk = try Conversation.connected()
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    #expect(talk.feed("90 04 0001 0000") == ["closed: unexpectedReturnCodes"])
  }

  @Test func `a SUBACK with a reserved code closes`() throws {
    let talk = try Conversation.connected()
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    let words = talk.feed("90 03 0001 03")
    #expect(words.count == 1 && words[0].contains("malformedReturnCode"))
  }

  @Test func `a subscription is ended`() throws {
    let talk = try Conversation.connected()
    #expect(try talk.unsubscribe(from: "a/+") == "a2 07 00 01 00 03 61 2f 2b")
    #expect(talk.feed("b0 02 0001") == ["unsubscribed 1"])
  }

  @Test(arguments: ["", "a#", "a+", "#/a", "a\0"])
  func `[MQTT-4.7.1-2] [MQTT-4.7.3-1] what is no Topic Filter is not sent`(filter: String) throws {
    let talk = try Conversation.connected()
    #expect(throws: ClientError.malformedTopic) { try talk.subscribe(to: filter, qos: .atMostOnce) }
    #expect(throws: ClientError.malformedTopic) { try talk.unsubscribe(from: filter) }
  }

  @Test func `a request that does not fit leaves no trace`() throws {
    let talk = try Conversation.connected()
    for room in 0..<8 {
      talk.room = room
      #expect(throws: ClientError.outOfRoom) { try talk.subscribe(to: "a", qos: .atMostOnce) }
      #expect(talk.inFlightCount == 0)
    }
    talk.room = 8
    #expect(try talk.subscribe(to: "a", qos: .atMostOnce) == "82 06 00 01 00 01 61 00")
  }

  @Test func `requests that were not answered end with their connection`() throws {
    let talk = try Conversation.connected(isClean: false)
    _ = try talk.subscribe(to: "a", qos: .atLeastOnce)
    _ = try talk.publish("1", to: "a", qos: .atLeastOnce)
    _ = try talk.unsubscribe(from: "a")
    talk.connectionLost()
    #expect(talk.inFlightCount == 1)
    _ = try talk.connect(isClean: false)
    _ = talk.feed("20 02 01 00")
    #expect(talk.events() == ["resend 2"])
  }
}

import MQTTClient
import MQTTCodec
import MQTTTerms
import Testing

/// The server's Topic Aliases; the conversation's client has 32 octets for their names.
@Suite struct TopicAlias5Tests {
  @Test func `[MQTT5-3.3.2-10] an alias stands for the name that it came with`() throws {
    let talk = try Conversation.connected5(promising: "22 0002")
    #expect(talk.feed("30 08 0001 61 03 23 0001 31") == ["a = 1 q0 [23 00 01]"])
    #expect(talk.feed("30 09 0002 6262 03 23 0002 32") == ["bb = 2 q0 [23 00 02]"])
    #expect(talk.feed("30 07 0000 03 23 0001 33") == ["a = 3 q0 [23 00 01]"])
    #expect(talk.feed("32 09 0000 0007 03 23 0002 34") == ["bb = 4 q1 [23 00 02]"])
    #expect(talk.transmitted() == "40 02 00 07")
  }

  @Test func `an alias may stand for another name later`() throws {
    let talk = try Conversation.connected5(promising: "22 0002")
    for name in ["61", "62", "63", "64", "65", "66", "67", "68"] {
      _ = talk.feed("30 07 0001 \(name) 03 23 0001")
      _ = talk.feed("30 09 0003 7a7a\(name) 03 23 0002")
    }
    let words = talk.feed("30 06 0000 03 23 0001 30 06 0000 03 23 0002")
    #expect(words == ["h =  q0 [23 00 01]", "zzh =  q0 [23 00 02]"])
  }

  @Test func `a repeated message teaches its alias too`() throws {
    let talk = try Conversation.connected5(promising: "22 0001")
    _ = talk.feed("34 06 0001 61 0005 00")
    #expect(talk.feed("3c 09 0001 62 0005 03 23 0001") == [])
    #expect(talk.feed("30 06 0000 03 23 0001") == ["b =  q0 [23 00 01]"])
  }

  @Test func `an alias that was never told closes`() throws {
    let talk = try Conversation.connected5(promising: "22 0002")
    _ = talk.feed("30 07 0001 61 03 23 0001")
    let words = talk.feed("30 06 0000 03 23 0002")
    #expect(words.count == 1 && words[0].contains("missingTopicName"))
    #expect(talk.transmitted() == "e0 01 82")
  }

  @Test(arguments: ["22 0000", "22 0001", ""])
  func `an alias above the client's maximum closes`(promise: String) throws {
    let talk = try Conversation.connected5(promising: promise)
    #expect(talk.feed("30 07 0001 61 03 23 0002") == ["closed: unexpectedTopicAlias"])
    #expect(talk.transmitted() == "e0 01 94")
  }

  @Test func `names that take too much room close`() throws {
    let talk = try Conversation.connected5(promising: "22 0009")
    #expect(talk.feed("30 17 0011 3131313131313131313131313131313131 03 23 0001").count == 1)
    #expect(talk.feed("30 0e 0008 3131313131313131 03 23 0002") == ["closed: tooManyAliases"])
    #expect(talk.transmitted() == "e0 01 97")
  }

  @Test func `[MQTT5-3.3.2-7] aliases end with their connection`() throws {
    let talk = try Conversation.connected5(promising: "22 0001")
    _ = talk.feed("30 07 0001 61 03 23 0001")
    talk.connectionLost()
    _ = try talk.connect(version: .mqtt50, properties: "22 0001")
    _ = talk.feed(connack5())
    #expect(talk.feed("30 06 0000 03 23 0001").first?.contains("missingTopicName") == true)
  }

  @Test func `a client without room for names takes no aliases`() {
    var client = Client<1, 1, 0>()
    let properties = bytes("22 0001")
    let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
    defer { storage.deallocate() }
    var output = OutputRawSpan(buffer: storage, initializedCount: 0)
    var failure: ClientError?
    do throws(ClientError) {
      let connect = Connect(
        clientIdentifier: Span(), keepAlive: 0, version: .mqtt50,
        properties: Properties(properties.span))
      try client.connect(connect, into: &output, at: TickTime(milliseconds: 0))
    } catch { failure = error }
    #expect(failure == .topicAliasInvalid)
  }
}

import MQTTClient
import MQTTCodec
import Testing

/// Enhanced authentication of version 5.0; the method is "m".
@Suite struct Authenticating5Tests {
  private let method = "15 0001 6d"
  private let answer = "15 0001 6d 16 0001 32"

  @Test func `[MQTT5-4.12.0-3] a client answers with 0x18 until it is accepted`() throws {
    let talk = try started()
    #expect(
      talk.feed("f0 0a 18 08 \(method) 16 0001 31") == ["auth rc24 [15 00 01 6d 16 00 01 31]"])
    #expect(throws: ClientError.malformedReason) { try talk.authenticate(.reauthenticate, answer) }
    #expect(
      try talk.authenticate(.continueAuthentication, answer)
        == "f0 0a 18 08 15 00 01 6d 16 00 01 32")
    #expect(talk.feed(connack5(method)) == ["connected [15 00 01 6d]"])
  }

  @Test func `[MQTT5-3.1.2-30] before it is accepted it sends only AUTH and DISCONNECT`() throws {
    let talk = try started()
    _ = talk.feed("f0 06 18 04 \(method)")
    #expect(throws: ClientError.notConnected) { try talk.publish("", to: "a", qos: .atMostOnce) }
    #expect(throws: ClientError.notConnected) { try talk.subscribe(to: "a", qos: .atMostOnce) }
    #expect(talk.transmitted() == "")
    #expect(try talk.disconnect(.unspecifiedError) == "e0 01 80")
  }

  @Test func `each step gives the server its time again`() throws {
    let talk = try started()
    #expect(talk.wait(9_000) == [])
    _ = talk.feed("f0 06 18 04 \(method)")
    #expect(talk.wait(9_000) == [])
    #expect(talk.wait(1_000) == ["closed: notAnswered"])
  }

  @Test(arguments: ["f0 06 18 04 15 0001 78", "20 03 00 00 00", "20 07 00 00 04 15 0001 78"])
  func `[MQTT5-4.12.0-5] a server that names another method is left`(packet: String) throws {
    let talk = try started()
    #expect(talk.feed(packet).first?.hasPrefix("closed: unexpectedMethod") == true)
    #expect(talk.transmitted() == "e0 01 82")
  }

  @Test func `[MQTT5-4.12.0-7] a client that named no method sends no AUTH`() throws {
    let talk = try Conversation.connected5()
    #expect(throws: ClientError.unexpectedMethod) { try talk.authenticate(.reauthenticate, method) }
    #expect(talk.feed("f0 06 18 04 \(method)").first?.hasPrefix("closed: unexpectedMethod") == true)
  }

  @Test func `[MQTT5-4.12.1-1] authenticating again keeps to the method`() throws {
    let talk = try Conversation.connected5(method, promising: method)
    #expect(throws: ClientError.unexpectedMethod) {
      try talk.authenticate(.reauthenticate, "15 0001 78")
    }
    #expect(throws: ClientError.unexpectedMethod) { try talk.authenticate(.reauthenticate, "") }
    #expect(try talk.authenticate(.reauthenticate, method) == "f0 06 19 04 15 00 01 6d")
    #expect(talk.feed("f0 06 18 04 \(method)") == ["auth rc24 [15 00 01 6d]"])
    #expect(try talk.authenticate(.continueAuthentication, answer).isEmpty == false)
    #expect(talk.feed("f0 06 00 04 \(method)") == ["auth [15 00 01 6d]"])
    #expect(talk.isConnected)
  }

  @Test func `[MQTT5-4.12.1-2] authenticating again that fails ends the connection`() throws {
    let talk = try Conversation.connected5(method, promising: method)
    _ = try talk.authenticate(.reauthenticate, method)
    #expect(talk.feed("e0 01 87") == ["disconnected rc135"])
    #expect(!talk.isConnected)
  }

  @Test(arguments: ["f0 06 19 04 15 0001 6d", "f0 06 10 04 15 0001 6d"])
  func `[MQTT5-3.15.2-1] a code that no server may send closes`(packet: String) throws {
    let talk = try Conversation.connected5(method, promising: method)
    #expect(talk.feed(packet) == ["closed: malformed(MQTTCodec.CodecError.malformedReturnCode)"])
  }

  @Test func `[MQTT5-3.15.2-1] a client sends no success`() throws {
    let talk = try Conversation.connected5(method, promising: method)
    #expect(throws: ClientError.malformedReason) { try talk.authenticate(.success, method) }
  }

  @Test func `[MQTT5-3.15.2-2] [MQTT5-3.15.2-3] no AUTH is larger than the server takes`() throws {
    let talk = try Conversation.connected5("\(method) 27 0000000c", promising: method)
    #expect(throws: ClientError.packetTooLarge) {
      try talk.authenticate(.reauthenticate, "\(method) 1f 0002 6e6f")
    }
    #expect(throws: ClientError.packetTooLarge) {
      try talk.authenticate(.reauthenticate, "\(method) 26 0001 6b 0001 76")
    }
    #expect(try talk.authenticate(.reauthenticate, answer).isEmpty == false)
  }

  @Test func `a method of more than 32 octets is not for this client`() throws {
    let name = String(repeating: "61", count: 33)
    #expect(throws: ClientError.tooLong) {
      try Conversation().connect(version: .mqtt50, properties: "15 0021 \(name)")
    }
  }

  @Test func `before 5.0 there is no AUTH`() throws {
    let talk = try Conversation.connected()
    #expect(throws: ClientError.notConnected) { try talk.authenticate(.reauthenticate, method) }
    #expect(talk.feed("f0 00").first?.hasPrefix("closed: malformed") == true)
  }

  private func started() throws -> Conversation {
    let talk = Conversation()
    _ = try talk.connect(version: .mqtt50, properties: method)
    return talk
  }
}

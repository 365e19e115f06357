import Testing

@Suite struct KeepingAliveTests {
  @Test func `[MQTT-3.1.2-23] a silent client sends PINGREQ before the keep alive ends`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    #expect(talk.untilDeadline == 45_000)
    #expect(talk.wait(44_999) == [] && talk.transmitted() == "")
    #expect(talk.wait(1) == [] && talk.transmitted() == "c0 00")
    #expect(talk.transmitted() == "")
    #expect(talk.untilDeadline == 10_000)
    #expect(talk.feed("d0 00") == [])
    #expect(talk.untilDeadline == 45_000)
  }

  @Test func `a server that does not answer PINGREQ is left`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    #expect(talk.wait(45_000) == [] && talk.transmitted() == "c0 00")
    #expect(talk.wait(9_999) == [])
    #expect(talk.wait(1) == ["closed: notAnswered"])
    #expect(!talk.isConnected && talk.untilDeadline == nil)
  }

  @Test func `a PINGREQ that finds no room does not hide a dead server`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    talk.room = 1
    #expect(talk.wait(45_000) == [] && talk.transmitted() == "")
    #expect(talk.wait(10_000) == ["closed: notAnswered"])
  }

  @Test func `a server that is still sending is not left`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    #expect(talk.wait(45_000) == [] && talk.transmitted() == "c0 00")
    for _ in 1...5 {
      #expect(talk.wait(9_000) == [])
      #expect(talk.feed("30 03 0001 61") == ["a =  q0"])
    }
    #expect(talk.wait(10_000) == ["closed: notAnswered"])
  }

  @Test func `a client that only sends asks whether anybody listens`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    for _ in 1...4 {
      #expect(talk.wait(10_000) == [])
      _ = try talk.publish("", to: "a", qos: .atMostOnce)
      #expect(talk.transmitted() == "")
    }
    #expect(talk.wait(5_000) == [] && talk.transmitted() == "c0 00")
  }

  @Test func `a client that only receives says that it is there`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    for _ in 1...4 {
      #expect(talk.wait(10_000) == [])
      _ = talk.feed("30 03 0001 61")
    }
    #expect(talk.wait(5_000) == [] && talk.transmitted() == "c0 00")
  }

  @Test func `traffic both ways needs no PINGREQ`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    for _ in 1...20 {
      #expect(talk.wait(40_000) == [] && talk.transmitted() == "")
      _ = try talk.publish("", to: "a", qos: .atMostOnce)
      _ = talk.feed("30 03 0001 61")
    }
  }

  @Test func `a keep alive of 0 turns it off`() throws {
    let talk = try Conversation.connected(keepAlive: 0)
    #expect(talk.untilDeadline == nil)
    #expect(talk.wait(2_000_000_000) == [] && talk.transmitted() == "")
  }

  @Test func `the longest keep alive counts right`() throws {
    let talk = try Conversation.connected(keepAlive: .max)
    #expect(talk.untilDeadline == 49_151_250)
  }

  @Test func `a late PINGRESP is no fault`() throws {
    let talk = try Conversation.connected(keepAlive: 60)
    #expect(talk.feed("d0 00 d0 00") == [] && talk.isConnected)
    let words = talk.feed("d0 01 00")
    #expect(words.count == 1 && words[0].contains("trailingBytes"))
  }
}

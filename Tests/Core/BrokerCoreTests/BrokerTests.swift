import MQTTTerms
import SessionLink
import Testing

@testable import BrokerCore

@Suite struct BrokerTests {
  @Test func `[MQTT-3.8.4-2] [MQTT-3.8.4-6] [MQTT-3.9.3-1] a message goes out at the lower QoS`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.open(2, "sub"))
    let granted = t.subscribe(2, ("a/+", .atLeastOnce), ("b", .atMostOnce), id: 9)
    #expect(granted == ["2 subscribed 9 [1, 0]"])
    let first = t.publish(1, "a/b", "x", qos: .atLeastOnce, id: 5)
    #expect(first == ["2 a/b=x q1 #1", "1 ack 5"])
    let second = t.publish(1, "a/b", "y")
    #expect(second == ["2 a/b=y q0"])
    let third = t.publish(1, "b", "z", qos: .atLeastOnce, id: 6)
    #expect(third == ["2 b=z q0", "1 ack 6"])
    quietly(t.acknowledge(2, 1))
    #expect(t.broker.messages.count == 0)
  }

  @Test func `[MQTT-3.3.5-1] overlapping filters deliver once at the highest QoS`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.subscribe(1, ("#", .atMostOnce), ("a/#", .atLeastOnce), ("a/b", .atMostOnce)))
    let lines = t.publish(1, "a/b", "x", qos: .atLeastOnce, id: 1)
    #expect(lines == ["1 a/b=x q1 #1", "1 ack 1"])
  }

  @Test func `[MQTT-3.8.4-3] [MQTT-3.10.4-2] [MQTT-3.10.4-4] a subscription is replaced and ended`()
  {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    quietly(t.subscribe(1, ("a", .atMostOnce)))
    let lines = t.publish(1, "a", "x", qos: .atLeastOnce, id: 1)
    #expect(lines == ["1 a=x q0", "1 ack 1"])
    let gone = t.unsubscribe(1, "a")
    #expect(gone == ["1 unsubscribed 1"])
    let silent = t.publish(1, "a", "x")
    #expect(silent == [])
    #expect(t.broker.tree.count == 1 && t.broker.messages.count == 0)
  }

  @Test func `[MQTT-4.7.2-1] a leading wildcard does not see $SYS`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.subscribe(1, ("#", .atMostOnce), ("+/x", .atMostOnce)))
    let hidden = t.publish(1, "$S/x", "1")
    #expect(hidden == [])
    quietly(t.subscribe(1, ("$S/#", .atMostOnce)))
    let seen = t.publish(1, "$S/x", "2")
    #expect(seen == ["1 $S/x=2 q0"])
  }

  @Test func `[MQTT-3.8.4-4] [MQTT-3.8.4-5] a false filter is refused and the others are granted`()
  {
    var t = Transcript()
    quietly(t.open(1, "c"))
    let lines = t.subscribe(1, ("a/#/b", .atMostOnce), ("ok", .atLeastOnce), ("", .atMostOnce))
    #expect(lines == ["1 subscribed 1 [143, 1, 143]"])
  }

  @Test func `[MQTT-3.3.1-6] [MQTT-3.3.1-8] [MQTT-3.3.1-10] retained messages follow the SUBACK`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "s/1", "one", qos: .atLeastOnce, retain: true, id: 1))
    quietly(t.publish(1, "s/2", "two", retain: true))
    quietly(t.publish(1, "s/1", "uno", retain: true))
    quietly(t.publish(1, "$S/y", "hidden", retain: true))
    let lines = t.subscribe(1, ("s/+", .atLeastOnce))
    #expect(lines.first == "1 subscribed 1 [1]")
    #expect(Set(lines.dropFirst()) == ["1 s/1=uno q0 retained", "1 s/2=two q0 retained"])
    let all = t.subscribe(1, ("#", .atLeastOnce))
    #expect(all.count == 3)
    let live = t.publish(1, "s/2", "", retain: true)
    #expect(live == ["1 s/2= q0"])
    let left = t.subscribe(1, ("s/#", .atLeastOnce))
    #expect(left == ["1 subscribed 1 [1]", "1 s/1=uno q0 retained"])
    #expect(t.broker.statistics.retainedMessages == 2)
  }

  @Test func `a parent level is matched by the pound sign, for retained messages too`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "a", "1", retain: true))
    quietly(t.publish(1, "a/b/c", "2", retain: true))
    let lines = t.subscribe(1, ("a/#", .atMostOnce))
    #expect(Set(lines.dropFirst()) == ["1 a=1 q0 retained", "1 a/b/c=2 q0 retained"])
  }

  @Test func `[MQTT-4.6.0-6] the window limits what is in flight, the rest follows in order`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.open(2, "sub", receiveMaximum: 2))
    quietly(t.subscribe(2, ("a", .atLeastOnce)))
    var sent: [String] = []
    for number in 1...4 {
      sent += t.publish(1, "a", "\(number)", qos: .atLeastOnce, id: UInt16(number))
    }
    #expect(sent.filter { $0.hasPrefix("2") } == ["2 a=1 q1 #1", "2 a=2 q1 #2"])
    let afterSecond = t.acknowledge(2, 2)
    #expect(afterSecond == ["2 a=3 q1 #3"])
    let again = t.acknowledge(2, 2)
    #expect(again == [])
    let afterFirst = t.acknowledge(2, 1)
    #expect(afterFirst == ["2 a=4 q1 #4"])
  }

  @Test func `[MQTT-2.3.1-4] identifiers pass 65,535 without becoming zero`() {
    var t = Transcript()
    quietly(t.open(1, "c", receiveMaximum: 3))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    var last = ""
    for number in 0..<65_536 {
      last = t.publish(1, "a", "x", qos: .atLeastOnce, id: 1)[0]
      quietly(t.acknowledge(1, UInt16(number % 65_535 + 1)))
    }
    #expect(last == "1 a=x q1 #1")
    #expect(t.broker.messages.count == 0)
  }

  @Test func `[MQTT-3.1.2-5] [MQTT-3.3.1-1] [MQTT-4.4.0-1] a kept session gets its messages again`()
  {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    let fresh = t.open(2, "sub", clean: false, receiveMaximum: 2)
    #expect(fresh == ["2 opened false"])
    quietly(t.subscribe(2, ("a", .atLeastOnce)))
    for number in 1...3 {
      quietly(t.publish(1, "a", "\(number)", qos: .atLeastOnce, id: UInt16(number)))
    }
    quietly(t.acknowledge(2, 1))
    quietly(t.close(2, .lost))
    quietly(t.publish(1, "a", "4", qos: .atLeastOnce, id: 4))
    quietly(t.publish(1, "a", "lost", qos: .atMostOnce))
    let resumed = t.open(3, "sub", clean: false)
    #expect(
      resumed == [
        "3 opened true", "3 a=2 q1 #2 dup", "3 a=3 q1 #3 dup", "3 a=4 q1 #1",
      ])
    let next = t.publish(1, "a", "5", qos: .atLeastOnce, id: 5)
    #expect(next == ["3 a=5 q1 #4", "1 ack 5"])
    for id in 1...4 { quietly(t.acknowledge(3, UInt16(id))) }
    #expect(t.broker.messages.count == 0)
  }

  @Test func `[MQTT-3.1.2-6] [MQTT-3.1.4-3] [MQTT-3.2.2-1] a clean session forgets everything`() {
    var t = Transcript()
    quietly(t.open(1, "c", clean: false))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    quietly(t.close(1))
    let cleaned = t.open(2, "c", clean: true)
    #expect(cleaned == ["2 opened false"])
    let silent = t.publish(2, "a", "x")
    #expect(silent == [])
    quietly(t.close(2))
    let after = t.open(3, "c", clean: false)
    #expect(after == ["3 opened false"])
  }

  @Test func `a session expires when its time is over, not before`() {
    var t = Transcript()
    quietly(t.open(1, "c", clean: false, expiry: 10))
    quietly(t.close(1))
    t.advance(to: 9_000)
    let back = t.open(2, "c", clean: false, expiry: 10)
    #expect(back == ["2 opened true"])
    quietly(t.close(2))
    t.advance(to: 10_000)
    #expect(t.broker.sessionCount == 1)
    t.advance(to: 19_000)
    #expect(t.broker.sessionCount == 0)
  }

  @Test
  func `[MQTT-3.1.2-8] [MQTT-3.1.2-10] [MQTT-3.1.2-17] [MQTT-3.14.4-3] wills of the lost go out`() {
    var t = Transcript()
    quietly(t.open(1, "watch"))
    quietly(t.subscribe(1, ("will/#", .atLeastOnce)))
    quietly(t.open(2, "a", will: ("will/a", "gone", .atLeastOnce, true)))
    let lost = t.close(2, .lost)
    #expect(lost == ["1 will/a=gone q1 #1"])
    quietly(t.open(3, "b", will: ("will/b", "gone", .atMostOnce, false)))
    let polite = t.close(3, .announced)
    #expect(polite == [])
    let retained = t.subscribe(1, ("will/a", .atMostOnce))
    #expect(retained.last == "1 will/a=gone q0 retained")
    let twice = t.close(2, .lost)
    #expect(twice == [])
  }

  @Test func `[MQTT-3.1.4-2] the same client identifier takes the session over`() {
    var t = Transcript()
    quietly(t.open(1, "c", clean: false))
    quietly(t.subscribe(1, ("a", .atMostOnce)))
    let taken = t.open(2, "c", clean: false)
    #expect(taken == ["1 close takenOver", "2 opened true"])
    let delivered = t.publish(2, "a", "x")
    #expect(delivered == ["2 a=x q0"])
    let late = t.publish(1, "a", "from the dead link")
    #expect(late == [])
    quietly(t.close(1, .lost))
    let still = t.publish(2, "a", "y")
    #expect(still == ["2 a=y q0"])
  }

  @Test func `[MQTT-3.1.0-2] a second CONNECT closes the link`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    let lines = t.open(1, "c")
    #expect(lines == ["1 close protocolError"])
  }

  @Test
  func `[MQTT-3.1.3-6] [MQTT-3.1.3-8] an empty identifier needs a clean session and gets a name`() {
    var t = Transcript()
    let refused = t.open(1, "", clean: false)
    #expect(refused == ["1 refused clientIdentifierNotValid"])
    let first = t.open(1, "")
    let second = t.open(2, "")
    #expect(first == ["1 opened false"] && second == ["2 opened false"])
  }

  @Test func `without a login nobody gets in when anonymous peers are not allowed`() {
    var t = Transcript(allowsAnonymous: false)
    let lines = t.open(1, "c")
    #expect(lines == ["1 refused anonymous"])
  }

  @Test func `a paused link gets nothing until it resumes`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    quietly(t.pause(1))
    quietly(t.publish(1, "a", "q0"))
    quietly(t.publish(1, "a", "q1", qos: .atLeastOnce, id: 1))
    #expect(t.broker.statistics.publishesDropped == 1)
    let lines = t.resume(1)
    #expect(lines == ["1 a=q1 q1 #1"])
  }

  @Test func `a full queue drops the newest and counts it`() {
    var limits = BrokerLimits()
    limits.queuedMessages = 2
    var t = Transcript(limits: limits)
    quietly(t.open(1, "c", clean: false))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    quietly(t.close(1))
    quietly(t.open(2, "pub"))
    for number in 1...3 {
      quietly(t.publish(2, "a", "\(number)", qos: .atLeastOnce, id: UInt16(number)))
    }
    #expect(t.broker.statistics.publishesDropped == 1)
    let told = t.remarks()
    let who = BrokerRemark.Who(clientID: "c", address: .unknown)
    #expect(told == [.dropping(who)])
    #expect(t.broker.statistics.hits(.queuedMessages) == 1)
    let lines = t.open(1, "c", clean: false)
    #expect(lines == ["1 opened true", "1 a=1 q1 #1", "1 a=2 q1 #2"])
  }

  @Test func `every limit refuses and leaves the others alone`() {
    var limits = BrokerLimits()
    limits.sessions = 1
    limits.subscriptionsPerSession = 1
    limits.retainedMessages = 1
    var t = Transcript(limits: limits)
    quietly(t.open(1, "c"))
    let session = t.open(2, "d")
    #expect(session == ["2 refused quotaExceeded"])
    let filters = t.subscribe(1, ("a", .atMostOnce), ("b", .atMostOnce))
    #expect(filters == ["1 subscribed 1 [0, 151]"])
    quietly(t.publish(1, "r/1", "1", retain: true))
    quietly(t.publish(1, "r/2", "2", retain: true))
    #expect(t.broker.statistics.retainedMessages == 1)
  }

  @Test func `a close of a link that never opened disturbs nobody`() {
    var t = Transcript()
    let lines = t.close(9, .lost)
    #expect(lines == [])
    let late = t.acknowledge(9, 1)
    #expect(late == [])
  }
}

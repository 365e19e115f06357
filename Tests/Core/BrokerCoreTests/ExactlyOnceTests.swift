import MQTTTerms
import SessionLink
import Testing

@testable import BrokerCore

@Suite struct ExactlyOnceTests {
  @Test func `[MQTT-4.3.3-2] a repeated PUBLISH is confirmed again and delivered once`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.open(2, "sub"))
    quietly(t.subscribe(2, ("a", .exactlyOnce)))
    let first = t.publish(1, "a", "x", qos: .exactlyOnce, id: 7)
    #expect(first == ["2 a=x q2 #1", "1 confirm 7"])
    let again = t.publish(1, "a", "x", qos: .exactlyOnce, id: 7)
    #expect(again == ["1 confirm 7"])
    let released = t.release(1, 7)
    #expect(released == ["1 complete 7"])
    let next = t.publish(1, "a", "y", qos: .exactlyOnce, id: 7)
    #expect(next == ["2 a=y q2 #2", "1 confirm 7"])
  }

  @Test func `[MQTT-4.3.3-1] a delivery goes through PUBREC, PUBREL and PUBCOMP`() {
    var t = Transcript()
    quietly(t.open(1, "c", receiveMaximum: 1))
    quietly(t.subscribe(1, ("a", .exactlyOnce)))
    quietly(t.publish(1, "a", "1", qos: .exactlyOnce, id: 1))
    quietly(t.publish(1, "a", "2", qos: .exactlyOnce, id: 2))
    let received = t.receive(1, 1)
    #expect(received == ["1 release 1"])
    let twice = t.receive(1, 1)
    #expect(twice == ["1 release 1"])
    let completed = t.complete(1, 1)
    #expect(completed == ["1 a=2 q2 #2"])
    quietly(t.receive(1, 2))
    quietly(t.complete(1, 2))
    #expect(t.broker.messages.count == 0)
  }

  @Test func `a PUBACK does not settle a QoS 2 delivery, nor a PUBCOMP one that was not received`()
  {
    var t = Transcript()
    quietly(t.open(1, "c", receiveMaximum: 1))
    quietly(t.subscribe(1, ("a", .exactlyOnce)))
    quietly(t.publish(1, "a", "1", qos: .exactlyOnce, id: 1))
    quietly(t.publish(1, "a", "2", qos: .exactlyOnce, id: 2))
    let wrong = t.acknowledge(1, 1)
    let early = t.complete(1, 1)
    #expect(wrong == [] && early == [])
  }

  @Test func `[MQTT-4.4.0-1] a returning session is sent PUBREL where PUBREC had come`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.open(2, "sub", clean: false))
    quietly(t.subscribe(2, ("a", .exactlyOnce)))
    quietly(t.publish(1, "a", "1", qos: .exactlyOnce, id: 1))
    quietly(t.publish(1, "a", "2", qos: .exactlyOnce, id: 2))
    quietly(t.receive(2, 1))
    quietly(t.close(2, .lost))
    let back = t.open(3, "sub", clean: false)
    #expect(back == ["3 opened true", "3 release 1", "3 a=2 q2 #2 dup"])
    quietly(t.complete(3, 1))
    quietly(t.receive(3, 2))
    quietly(t.complete(3, 2))
    quietly(t.release(1, 1))
    #expect(t.broker.messages.count == 0)
  }

  @Test func `an unfinished QoS 2 message of a returning publisher is not delivered twice`() {
    var t = Transcript()
    quietly(t.open(1, "pub", clean: false))
    quietly(t.open(2, "sub"))
    quietly(t.subscribe(2, ("a", .exactlyOnce)))
    quietly(t.publish(1, "a", "x", qos: .exactlyOnce, id: 9))
    quietly(t.close(1, .lost))
    quietly(t.open(1, "pub", clean: false))
    let again = t.publish(1, "a", "x", qos: .exactlyOnce, id: 9)
    #expect(again == ["1 confirm 9"])
  }

  @Test func `an unknown PUBREL is completed, so that the peer comes to an end`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    let lines = t.release(1, 77)
    #expect(lines == ["1 complete 77"])
  }

  @Test func `a peer that never releases is closed at the limit`() {
    var limits = BrokerLimits()
    limits.incomingExactlyOnce = 2
    var t = Transcript(limits: limits)
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "a", "1", qos: .exactlyOnce, id: 1))
    quietly(t.publish(1, "a", "2", qos: .exactlyOnce, id: 2))
    let third = t.publish(1, "a", "3", qos: .exactlyOnce, id: 3)
    #expect(third == ["1 close receiveMaximumExceeded"])
  }

  @Test func `a peer that takes QoS 1 at most is granted no more`() {
    var t = Transcript()
    quietly(t.open(1, "node", maximumQoS: .atLeastOnce))
    let granted = t.subscribe(1, ("a", .exactlyOnce))
    #expect(granted == ["1 subscribed 1 [1]"])
  }
}

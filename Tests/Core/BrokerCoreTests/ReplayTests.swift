import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Retained messages that wait for their new subscriber.
@Suite struct ReplayTests {
  @Test func `a retained message that was replaced meanwhile does not follow the newer one`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.publish(1, "s", "old", retain: true))
    quietly(t.open(2, "sub"))
    quietly(t.pause(2))
    quietly(t.subscribe(2, ("s", .atLeastOnce)))
    quietly(t.publish(1, "s", "new", qos: .atLeastOnce, retain: true, id: 1))
    let lines = t.resume(2)
    #expect(lines == ["2 s=new q1 #1", "2 s=new q1 #2 retained"])
  }

  @Test func `a retained message that was cleared meanwhile is not sent`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "s", "old", retain: true))
    quietly(t.pause(1))
    quietly(t.subscribe(1, ("s", .atMostOnce)))
    quietly(t.publish(1, "s", "", retain: true))
    let lines = t.resume(1)
    #expect(lines == [])
    #expect(t.broker.messages.count == 0 && t.broker.replays.count == 0)
  }

  @Test func `[MQTT-3.10.4-2] after UNSUBSCRIBE no retained message comes any more`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "s", "x", retain: true))
    quietly(t.pause(1))
    quietly(t.subscribe(1, ("s", .atMostOnce)))
    quietly(t.unsubscribe(1, "s"))
    let lines = t.resume(1)
    #expect(lines == [])
  }

  @Test func `the same SUBSCRIBE again and again does not pile up retained messages`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "s", "x", retain: true))
    quietly(t.pause(1))
    for _ in 0..<100 { quietly(t.subscribe(1, ("#", .atMostOnce))) }
    #expect(t.broker.replays.count == 1)
    let lines = t.resume(1)
    #expect(lines == ["1 s=x q0 retained"])
  }

  @Test func `overlapping filters are refused while too many retained messages wait`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    for number in 0..<600 { quietly(t.publish(1, "r/\(number)", "x", retain: true)) }
    quietly(t.pause(1))
    let lines = t.subscribe(
      1, ("#", .atMostOnce), ("r/#", .atMostOnce), ("+/#", .atMostOnce), ("+/+", .atMostOnce),
      ("r/+", .atMostOnce))
    #expect(lines == ["1 subscribed 1 [0, 0, 0, 0, 151]"])
    let sent = t.resume(1)
    #expect(sent.count == 2_400)
    let granted = t.subscribe(1, ("r/+", .atMostOnce))
    #expect(granted.count == 601)
  }

  @Test func `who leaves early finds the retained messages of QoS 1 in the session`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.publish(1, "s/1", "x", qos: .atLeastOnce, retain: true, id: 1))
    quietly(t.publish(1, "s/0", "y", retain: true))
    quietly(t.open(2, "sub", clean: false))
    quietly(t.pause(2))
    quietly(t.subscribe(2, ("s/+", .atLeastOnce)))
    quietly(t.close(2, .lost))
    #expect(t.broker.replays.count == 0)
    let lines = t.open(2, "sub", clean: false)
    #expect(lines == ["2 opened true", "2 s/1=x q1 #1 retained"])
  }

  @Test func `large retained messages go out a few at a time`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    let large = String(repeating: "x", count: 40_000)
    for number in 0..<10 { quietly(t.publish(1, "r/\(number)", large, retain: true)) }
    quietly(t.pause(1))
    quietly(t.subscribe(1, ("#", .atMostOnce), ("r/#", .atMostOnce)))
    var queue = CommandQueue()
    t.broker.handle(.resumed, from: Transcript.link(1), at: 0, commands: &queue)
    let hasMore = t.broker.replay(budget: 256, commands: &queue)
    #expect(hasMore && queue.commands.count == 2)
  }

  @Test func `of QoS 0 that waits, nothing is overtaken by what comes later`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.open(2, "sleeper", receiveMaximum: 1, queuesQoS0: true))
    quietly(t.subscribe(2, ("a", .atLeastOnce)))
    quietly(t.pause(2))
    quietly(t.publish(1, "a", "1", qos: .atLeastOnce, id: 1))
    quietly(t.publish(1, "a", "2", qos: .atLeastOnce, id: 2))
    quietly(t.publish(1, "a", "3"))
    let awake = t.resume(2)
    #expect(awake == ["2 a=1 q1 #1"])
    let later = t.publish(1, "a", "4")
    #expect(later == [])
    let rest = t.acknowledge(2, 1)
    #expect(rest == ["2 a=2 q1 #2", "2 a=3 q0", "2 a=4 q0"])
  }
}

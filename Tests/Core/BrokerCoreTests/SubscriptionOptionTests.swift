import MQTTTerms
import SessionLink
import Testing

@testable import BrokerCore

/// What the random walk against the model has shown, as transcripts.
@Suite struct SubscriptionOptionTests {
  @Test func `[MQTT-3.3.1-8] a retained message that is sent again is still a retained one`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.publish(1, "a", "x", qos: .atLeastOnce, retain: true, id: 1))
    quietly(t.open(2, "sub", clean: false))
    let first = t.subscribe(2, ("a", .atLeastOnce))
    #expect(first == ["2 subscribed 1 [1]", "2 a=x q1 #1 retained"])
    quietly(t.close(2, .lost))
    let again = t.open(3, "sub", clean: false)
    #expect(again == ["3 opened true", "3 a=x q1 #1 retained dup"])
  }

  @Test func `[MQTT5-3.3.1-13] retain as published holds for a message that is sent again`() {
    var t = Transcript()
    quietly(t.open(1, "pub"))
    quietly(t.open(2, "sub", clean: false, isFive: true))
    quietly(t.subscribe(2, "a", on: .init(qos: .exactlyOnce, isRetainAsPublished: true)))
    let first = t.publish(1, "a", "x", qos: .exactlyOnce, retain: true, id: 1)
    #expect(first == ["2 a=x q2 #1 retained", "1 confirm 1"])
    quietly(t.close(2, .lost))
    let again = t.open(3, "sub", clean: false, isFive: true)
    #expect(again == ["3 opened true", "3 a=x q2 #1 retained dup"])
  }

  @Test func `[MQTT5-3.3.4-3] a message of one's own names the one subscription with a number`() {
    var t = Transcript()
    quietly(t.open(1, "c", isFive: true))
    quietly(t.subscribe(1, "#", on: .init(qos: .atMostOnce, isNoLocal: true, identifier: 7)))
    quietly(t.subscribe(1, "a/#", on: .init(qos: .atMostOnce, identifier: 3)))
    quietly(t.subscribe(1, "a/b", on: .init(qos: .atMostOnce)))
    let lines = t.publish(1, "a/b", "x")
    #expect(lines == ["1 a/b=x q0 by [3]"])
  }

  @Test func `[MQTT5-3.8.4-3] who has as many filters as it may have can renew each of them`() {
    var limits = BrokerLimits()
    limits.subscriptionsPerSession = 2
    var t = Transcript(limits: limits)
    quietly(t.open(1, "c", isFive: true))
    quietly(t.subscribe(1, ("a", .atMostOnce), ("$share/g/a", .atMostOnce)))
    let again = t.subscribe(
      1, ("a", .atLeastOnce), ("$share/g/a", .exactlyOnce), ("b", .atMostOnce),
      ("$share/h/a", .atMostOnce))
    #expect(again == ["1 subscribed 1 [1, 2, 151, 151]"])
  }
}

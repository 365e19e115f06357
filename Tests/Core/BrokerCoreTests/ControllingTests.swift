import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Requests below `$CONTROL`, their answers, and connections that end for them.
@Suite struct ControllingTests {
  private func transcript() -> Transcript {
    var t = Transcript()
    t.broker.takesControl = true
    quietly(t.open(1, "admin", user: "root"))
    quietly(t.open(2, "other", user: "eve"))
    quietly(t.subscribe(1, ("$CONTROL/#", .atLeastOnce)))
    quietly(t.subscribe(2, ("$CONTROL/#", .atLeastOnce)))
    return t
  }

  @Test func `a request goes to whom the broker belongs and to no subscriber`() {
    var t = transcript()
    let lines = t.publish(1, "$CONTROL/x/v1", "hi", qos: .atLeastOnce, retain: true, id: 1)
    #expect(lines == ["1 ack 1"])
    let requests = t.broker.takeControlRequests()
    #expect(requests.count == 1 && requests.first?.topic == Array("$CONTROL/x/v1".utf8))
    #expect(requests.first?.payload == Array("hi".utf8))
    #expect(requests.first?.sender.userName == "root" && requests.first?.link == Transcript.link(1))
    let more = t.broker.takeControlRequests()
    #expect(more.isEmpty)
    #expect(t.broker.messages.count == 0 && t.broker.statistics.retainedMessages == 0)
  }

  @Test func `where nobody takes requests they are messages`() {
    var t = transcript()
    t.broker.takesControl = false
    let lines = t.publish(1, "$CONTROL/x", "hi")
    let requests = t.broker.takeControlRequests()
    #expect(lines.count == 2 && requests.isEmpty)
  }

  @Test func `a QoS 2 request that comes twice is taken once`() {
    var t = transcript()
    quietly(t.publish(1, "$CONTROL/x", "hi", qos: .exactlyOnce, id: 1))
    quietly(t.publish(1, "$CONTROL/x", "hi", qos: .exactlyOnce, id: 1))
    let requests = t.broker.takeControlRequests()
    #expect(requests.count == 1)
  }

  @Test func `only so many requests wait, and who is refused can ask again`() {
    var t = transcript()
    quietly(t.open(3, "five", isFive: true))
    for _ in 0..<64 { quietly(t.publish(1, "$CONTROL/x", "hi")) }
    var lines = t.publish(3, "$CONTROL/x", "hi", qos: .exactlyOnce, id: 1)
    #expect(lines == ["3 confirm 1 quotaExceeded"])
    lines = t.publish(3, "x", "y", qos: .exactlyOnce, id: 1)
    #expect(lines == ["3 confirm 1"])
    let requests = t.broker.takeControlRequests()
    #expect(requests.count == 64)
  }

  @Test func `an answer comes to its sender alone, and only by a subscription`() {
    var t = transcript()
    var lines = t.answer(1, "$CONTROL/x/response", "yes")
    #expect(lines == ["1 $CONTROL/x/response=yes q0"])
    lines = t.answer(1, "other", "yes")
    #expect(lines.isEmpty)
    quietly(t.close(1))
    lines = t.answer(1, "$CONTROL/x/response", "yes")
    #expect(lines.isEmpty)
    #expect(t.broker.messages.count == 0)
  }

  @Test func `a user is closed on all connections, without a will`() {
    var t = transcript()
    quietly(t.open(3, "more", will: ("w", "x", .atMostOnce, false), user: "eve"))
    quietly(t.open(4, "nobody"))
    quietly(t.subscribe(4, ("w", .atMostOnce)))
    var lines = t.expel("eve", "nobody")
    #expect(lines == ["2 close administrative", "3 close administrative"])
    lines = t.expel(anonymous: true)
    #expect(lines == ["4 close administrative"])
    #expect(t.broker.connectedClients == 1)
  }

  @Test func `users are known by their connections`() {
    var t = transcript()
    quietly(t.open(3, "more", user: "eve"))
    quietly(t.open(4, "nobody"))
    quietly(t.open(5, "gone", clean: false, user: "gone"))
    quietly(t.close(5))
    let counts = t.broker.addressesOfUsers(under: [0]).mapValues(\.count)
    #expect(counts == [Array("root".utf8): 1, Array("eve".utf8): 2])
  }

  @Test func `users under another policy are others, whatever their names`() {
    var t = transcript()
    t.broker.policies.append(t.broker.policies[0])
    quietly(t.open(3, "more", user: "eve", policy: 1))
    quietly(t.open(4, "nobody", policy: 1))
    let lines = t.expel("eve", anonymous: true, under: [1])
    #expect(lines == ["3 close administrative", "4 close administrative"])
    let users = t.broker.addressesOfUsers(under: [1])
    #expect(users.isEmpty)
    quietly(t.open(3, "more", user: "eve", policy: 1))
    quietly(t.publish(3, "$CONTROL/x", "y"))
    #expect(t.broker.takeControlRequests().map(\.policy) == [1])
  }

  /// Refuses everything but to connect and to subscribe.
  private final class Refusal: AccessRules {
    func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
      access == .connect || access == .subscribe
    }
  }

  @Test func `who may not unsubscribe stays subscribed`() {
    var t = Transcript()
    t.broker.policies[0].rules = Refusal()
    quietly(t.open(1, "a", isFive: true))
    quietly(t.subscribe(1, ("t", .atMostOnce)))
    var lines = t.unsubscribe(1, "t")
    #expect(lines == ["1 unsubscribed 1 [135]"])
    t.broker.policies[0].rules = nil
    quietly(t.open(2, "b"))
    lines = t.publish(2, "t", "x")
    #expect(lines == ["1 t=x q0"])
  }
}

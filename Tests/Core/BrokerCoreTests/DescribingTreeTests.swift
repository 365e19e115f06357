import MQTTTerms
import SessionLink
import Testing

@testable import BrokerCore

/// What the log and SIGUSR2 tell of subscriptions.
@Suite struct DescribingTreeTests {
  private func lines(_ t: borrowing Transcript, atMost limit: Int = .max) -> [String] {
    var lines: [String] = []
    t.broker.describeTree { line in
      lines.append(line)
      return lines.count < limit
    }
    return lines
  }

  private func transcript() -> Transcript {
    var t = Transcript()
    quietly(t.open(1, "s"))
    quietly(t.open(2, "t"))
    quietly(t.subscribe(1, ("b/+/c", .atLeastOnce), ("b/#", .atMostOnce)))
    quietly(t.subscribe(2, ("b/#", .exactlyOnce), ("$share/g/x", .atLeastOnce)))
    quietly(t.publish(1, "a/d", "hello", retain: true))
    return t
  }

  @Test func `each level is a line, the older first`() {
    let t = transcript()
    let found = lines(t)
    #expect(
      found == [
        "b", "  +", "    c (s, 1)", "  # (s, 0) (t, 2)", "x ($share/g: (t, 1))", "a",
        "  d (r, 5 bytes)",
      ])
  }

  @Test func `it ends where nobody wants more`() {
    let t = transcript()
    let found = lines(t, atMost: 2)
    #expect(found == ["b", "  +"])
  }

  @Test func `what was ended is not described`() {
    var t = transcript()
    quietly(t.unsubscribe(2, "b/#"))
    quietly(t.unsubscribe(2, "$share/g/x"))
    quietly(t.publish(1, "a/d", "", retain: true))
    let found = lines(t)
    #expect(found == ["b", "  +", "    c (s, 1)", "  # (s, 0)"])
  }

  @Test func `subscriptions are remarked on only where that is wanted`() {
    var t = Transcript()
    quietly(t.open(1, "s", user: "ann"))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    let before = t.remarks()
    t.broker.remarksOnSubscriptions = true
    quietly(t.subscribe(1, ("b", .exactlyOnce), ("c/#/d", .exactlyOnce)))
    quietly(t.unsubscribe(1, "a"))
    let after = t.remarks()
    let who = BrokerRemark.Who(clientID: "s", userName: "ann", address: .unknown)
    #expect(before == [])
    #expect(
      after == [.subscribed(who, .exactlyOnce, filter: "b"), .unsubscribed(who, filter: "a")])
  }

  @Test func `remarks for which there is no room are counted`() {
    var t = Transcript()
    t.broker.remarksOnSubscriptions = true
    quietly(t.open(1, "s"))
    for _ in 0..<1003 { quietly(t.subscribe(1, ("a", .atLeastOnce))) }
    let remarks = t.remarks()
    #expect(remarks.count == 1001 && remarks.last == .omitted(3))
    let more = t.remarks()
    #expect(more == [])
  }
}

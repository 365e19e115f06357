import MQTTTerms
import SessionLink
import Slabs
import Synchronization
import Testing

@testable import BrokerCore

/// Rights that end while a session goes on, or that its next peer never had.
@Suite struct RightsTests {
  /// Keeps messages from a user.
  private final class Denial: AccessRules {
    let user: Mutex<String>

    init(_ user: String) { self.user = Mutex(user) }

    func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
      guard access == .receive, let name = peer.userName else { return true }
      let text = printable(name)
      return user.withLock { text != $0 }
    }
  }

  @Test func `what waited is not sent to a peer that may not have it any more`() {
    var t = Transcript()
    let rules = Denial("")
    t.broker.policies[0].rules = rules
    quietly(t.open(1, "sub", clean: false, user: "ann"))
    quietly(t.subscribe(1, ("t", .atLeastOnce)))
    quietly(t.close(1))
    quietly(t.open(2, "pub"))
    quietly(t.publish(2, "t", "x", qos: .atLeastOnce, id: 1))
    rules.user.withLock { $0 = "ann" }
    let lines = t.open(3, "sub", clean: false, user: "ann")
    #expect(lines == ["3 opened true"])
    #expect(t.broker.messages.count == 0 && t.broker.statistics.waitingMessages == 0)
  }

  @Test func `what was in flight is not sent to another user that takes the session up`() {
    var t = Transcript()
    t.broker.policies[0].rules = Denial("bob")
    quietly(t.open(1, "sub", clean: false, user: "ann"))
    quietly(t.subscribe(1, ("t", .exactlyOnce)))
    quietly(t.open(2, "pub"))
    quietly(t.publish(2, "t", "x", qos: .atLeastOnce, id: 1))
    quietly(t.publish(2, "t", "y", qos: .exactlyOnce, id: 2))
    quietly(t.receive(1, 2))
    quietly(t.close(1, .lost))
    let lines = t.open(3, "sub", clean: false, user: "bob")
    #expect(lines == ["3 opened true", "3 release 2"])
    quietly(t.complete(3, 2))
    #expect(t.broker.messages.count == 0)
    #expect(t.broker.sessions[0].window.count == 0)
  }

  /// Lets nobody subscribe.
  private final class NoSubscriptions: AccessRules {
    func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
      access != .subscribe || !topicMatches(filter: Array("secret/#".utf8).span, name: topic)
    }
  }

  @Test func `a subscription does not outlive the right to it`() {
    var t = Transcript()
    quietly(t.open(1, "sub", clean: false, user: "ann"))
    quietly(t.subscribe(1, ("secret/a/+", .atMostOnce), ("open/a", .atMostOnce)))
    quietly(t.subscribe(1, ("$share/g/secret/b", .atMostOnce)))
    quietly(t.close(1))
    t.broker.policies[0].rules = NoSubscriptions()
    quietly(t.open(2, "sub", clean: false, user: "ann"))
    quietly(t.open(3, "pub"))
    let secret = t.publish(3, "secret/a/b", "x") + t.publish(3, "secret/b", "x")
    let open = t.publish(3, "open/a", "x")
    #expect(secret == [] && open == ["2 open/a=x q0"])
    #expect(t.broker.statistics.subscriptions == 1)
  }

  @Test func `a share passes over members that may not have the message`() {
    var t = Transcript()
    t.broker.policies[0].rules = Denial("ann")
    quietly(t.open(1, "a", user: "ann"))
    quietly(t.open(2, "b", user: "bob"))
    quietly(t.subscribe(1, ("$share/g/t", .atMostOnce)))
    quietly(t.subscribe(2, ("$share/g/t", .atMostOnce)))
    for payload in ["x", "y", "z"] {
      let lines = t.publish(2, "t", payload)
      #expect(lines == ["2 t=\(payload) q0"])
    }
    quietly(t.close(2))
    quietly(t.open(3, "c"))
    let lines = t.publish(3, "t", "x", qos: .atLeastOnce, id: 1)
    #expect(lines == ["3 ack 1"])
    #expect(t.broker.messages.count == 0)
  }
}

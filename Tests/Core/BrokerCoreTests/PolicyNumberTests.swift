import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Several policies: that of everybody, and those that links name.
@Suite struct PolicyNumberTests {
  /// Lets do all but one thing.
  private final class Ban: AccessRules {
    let banned: Access

    init(_ banned: Access) { self.banned = banned }

    func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
      access != banned
    }
  }

  /// A broker whose second policy has those rules.
  private func transcript(_ banned: Access? = nil) -> Transcript {
    var t = Transcript()
    t.broker.policies.append(AccessPolicy(allowsAnonymous: true, rules: banned.map(Ban.init)))
    return t
  }

  @Test func `whether strangers get in depends on where they come from`() {
    var t = transcript()
    t.broker.policies[1].allowsAnonymous = false
    let lines = t.open(1, "a") + t.open(2, "b", policy: 1)
    #expect(lines == ["1 opened false", "2 refused anonymous"])
  }

  @Test func `identifiers are chosen where the link's policy allows it, with its prefix`() {
    var t = transcript()
    t.broker.policies[0].allowsEmptyClientIdentifier = false
    t.broker.policies[1].assignedPrefix = Array("own-".utf8)
    let refused = t.open(1, "")
    #expect(refused == ["1 refused clientIdentifierNotValid"])
    quietly(t.open(2, "", policy: 1))
    #expect(t.broker.clientID(of: Transcript.link(2))?.hasPrefix("own-") == true)
  }

  @Test func `a policy that nobody knows is that of everybody`() {
    var t = transcript(.publish)
    t.broker.policies[0].allowsAnonymous = false
    let lines = t.open(1, "a", policy: 9)
    #expect(lines == ["1 refused anonymous"])
  }

  @Test func `a session has the rights of the link that it was opened by last`() {
    var t = transcript(.receive)
    quietly(t.open(1, "sub", clean: false))
    quietly(t.subscribe(1, ("t", .atMostOnce)))
    quietly(t.open(2, "pub", policy: 1))
    let before = t.publish(2, "t", "x")
    #expect(before == ["1 t=x q0"])
    quietly(t.close(1))
    quietly(t.open(3, "sub", clean: false, policy: 1))
    let after = t.publish(2, "t", "x")
    #expect(after == [])
  }

  @Test func `publishing and wills are judged by the link's policy`() {
    var t = transcript(.publish)
    quietly(t.open(1, "sub"))
    quietly(t.subscribe(1, ("t", .atMostOnce)))
    quietly(t.open(2, "pub", policy: 1))
    let publishing = t.publish(2, "t", "x", qos: .atLeastOnce, id: 1)
    #expect(publishing == ["2 ack 1 notAuthorized"])
    t.broker.policies[1].rules = Ban(.will)
    let will = t.open(
      3, "w", will: (topic: "t", payload: "x", qos: .atMostOnce, isRetained: false), policy: 1)
    #expect(will == ["3 refused notAuthorized"])
  }

  @Test func `a retained message stands for as long as its publisher's policy lets it`() {
    var t = transcript()
    quietly(t.open(1, "pub", policy: 1))
    quietly(t.publish(1, "t", "x", retain: true))
    quietly(t.close(1))
    quietly(t.open(2, "sub"))
    let before = t.subscribe(2, ("t", .atMostOnce))
    #expect(before.count == 2)
    t.broker.policies[1].rules = Ban(.publish)
    let after = t.subscribe(2, ("t", .atMostOnce))
    #expect(after.count == 1)
  }

  @Test func `everybody is as free as before where only another policy has rules`() {
    var t = transcript(.publish)
    quietly(t.open(1, "a"))
    quietly(t.subscribe(1, ("t", .atMostOnce)))
    let lines = t.publish(1, "t", "x")
    #expect(lines == ["1 t=x q0"])
  }

  @Test func `a retained message outlives its publisher's right where nobody asks`() {
    var t = transcript(.publish)
    t.broker.limits.checksRetainedSource = false
    t.broker.policies[1].rules = nil
    quietly(t.open(1, "pub", policy: 1))
    quietly(t.publish(1, "t", "x", retain: true))
    t.broker.policies[1].rules = Ban(.publish)
    quietly(t.open(2, "sub"))
    let lines = t.subscribe(2, ("t", .atMostOnce))
    #expect(lines.count == 2)
  }

  @Test func `a session is named after the user where that is wanted`() {
    var t = transcript()
    t.broker.policies[1].identifiesByUserName = true
    let lines = [
      t.open(1, "a", policy: 1), t.open(2, "b", user: "", policy: 1),
      t.open(3, "c", user: "ann", policy: 1), t.open(4, "d", user: "ann", policy: 1),
      t.open(5, "", clean: false, user: "bob", policy: 1),
    ]
    #expect(
      lines.flatMap(\.self) == [
        "1 refused notAuthorized", "2 refused notAuthorized", "3 opened false",
        "3 close takenOver", "4 opened false", "5 opened false",
      ])
    #expect(t.broker.clientID(of: Transcript.link(4)) == "ann")
  }

  @Test func `names have the prefix that is demanded`() {
    var t = transcript()
    t.broker.policies[1].demandedPrefix = Array("home-".utf8)
    let lines = [
      t.open(1, "home-a", policy: 1), t.open(2, "hom", policy: 1), t.open(3, "", policy: 1),
    ]
    #expect(
      lines.flatMap(\.self) == [
        "1 opened false", "2 refused notAuthorized", "3 refused notAuthorized",
      ])
    t.broker.policies[1].assignedPrefix = Array("home-auto-".utf8)
    let own = t.open(4, "", policy: 1)
    #expect(own == ["4 opened false"])
  }
}

import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Rules that a test can change while the broker runs: what is listed is refused.
final class ListedRules: AccessRules, @unchecked Sendable {
  struct Ban: Hashable {
    var access: Access
    var topic: String
    var client: String
  }

  var bans: Set<Ban> = []
  /// Who asked, in the words of the last question.
  var lastAsked = ""

  func allows(_ access: Access, _ topic: Span<UInt8>, for peer: borrowing Peer) -> Bool {
    let (topic, client) = (printable(topic), printable(peer.clientID))
    var user = "nobody"
    if let name = peer.userName { user = printable(name) }
    lastAsked = "\(access) \(topic) by \(client), \(user)"
    return !bans.contains(Ban(access: access, topic: topic, client: client))
  }

  func ban(_ access: Access, _ topic: String, _ client: String) {
    bans.insert(Ban(access: access, topic: topic, client: client))
  }
}

/// Takes one password and one way of two steps.
final class OnePassword: Authenticator, @unchecked Sendable {
  var forgotten: [LinkID] = []
  var isSlow = false

  func begin(
    _ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    if isSlow { return .pending }
    if let step = login.step {
      guard printable(step.method) == "STEPS" else { return .refused(.badAuthenticationMethod) }
      return .unfinished
    }
    guard let password = login.password else { return .refused(.badUserNameOrPassword) }
    return printable(password) == "good" ? .accepted : .refused(.badUserNameOrPassword)
  }

  func proceed(
    _ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict { printable(data) == "last" ? .accepted : .refused(.notAuthorized) }

  func forget(_ link: LinkID) { forgotten.append(link) }
}

@Suite struct PolicyTests {
  private let rules = ListedRules()

  private func transcript() -> Transcript {
    var t = Transcript()
    t.broker.policies[0].rules = rules
    return t
  }

  private func who(_ clientID: String, user: String? = nil) -> BrokerRemark.Who {
    .init(clientID: clientID, userName: user, address: .unknown)
  }

  @Test func `who may not connect is refused, and the log says who`() {
    rules.ban(.connect, "", "c")
    var t = transcript()
    let lines = t.open(1, "c", user: "ann")
    #expect(lines == ["1 refused notAuthorized"])
    #expect(rules.lastAsked == "connect  by c, ann")
    let remarks = t.remarks()
    #expect(remarks == [.refused(who("c", user: "ann"), .notAuthorized)])
    #expect(t.broker.statistics.refusals == 1)
  }

  @Test func `a message that may not be published is answered and goes nowhere`() {
    rules.ban(.publish, "a", "c")
    var t = transcript()
    quietly(t.open(1, "c", isFive: true, user: "ann"))
    quietly(t.open(2, "s"))
    quietly(t.subscribe(2, ("#", .exactlyOnce)))
    let once = t.publish(1, "a", "x", qos: .atLeastOnce, id: 1)
    let exactly = t.publish(1, "a", "x", qos: .exactlyOnce, id: 2)
    let never = t.publish(1, "a", "x")
    #expect(once == ["1 ack 1 notAuthorized"] && exactly == ["1 confirm 2 notAuthorized"])
    #expect(never == [])
    let remarks = t.remarks()
    #expect(remarks == [.denied(who("c", user: "ann"), .publish, topic: "a")])
  }

  @Test func `a flood of refusals is one line a second in the log`() {
    rules.ban(.publish, "a", "c")
    var t = transcript()
    quietly(t.open(1, "c"))
    for _ in 0..<100 { quietly(t.publish(1, "a", "x")) }
    let early = t.remarks()
    t.now = 1_000
    quietly(t.publish(1, "a", "x"))
    let late = t.remarks()
    #expect(early.count == 1 && late.count == 1)
  }

  @Test func `a flood of clients that are refused fills no log, and the log says how many`() {
    var t = Transcript(allowsAnonymous: false)
    for _ in 0..<150 { quietly(t.open(1, "c")) }
    let early = t.remarks()
    t.now = 1_000
    quietly(t.open(1, "d"))
    let late = t.remarks()
    #expect(early.count == 100)
    #expect(late == [.more(50), .refused(who("d"), .anonymous)])
  }

  @Test func `a filter that may not be had is not granted`() {
    rules.ban(.subscribe, "secret/#", "c")
    var t = transcript()
    quietly(t.open(1, "c"))
    let lines = t.subscribe(1, ("open", .atMostOnce), ("secret/#", .atMostOnce))
    let shared = t.subscribe(1, ("$share/g/secret/#", .atMostOnce))
    #expect(lines == ["1 subscribed 1 [0, 135]"] && shared == ["1 subscribed 1 [135]"])
  }

  @Test func `rights that end while the subscription lives on end the deliveries`() {
    var t = transcript()
    quietly(t.open(1, "s"))
    quietly(t.subscribe(1, ("a", .atLeastOnce)))
    quietly(t.open(2, "p"))
    let before = t.publish(2, "a", "1")
    rules.ban(.receive, "a", "s")
    let after = t.publish(2, "a", "2")
    #expect(before == ["1 a=1 q0"] && after == [])
  }

  @Test func `a retained message of a publisher whose rights have ended is not sent`() {
    var t = transcript()
    quietly(t.open(1, "p"))
    quietly(t.publish(1, "a", "x", retain: true))
    quietly(t.close(1))
    rules.ban(.publish, "a", "p")
    quietly(t.open(2, "s"))
    let lines = t.subscribe(2, ("a", .atMostOnce))
    #expect(lines == ["2 subscribed 1 [0]"])
  }

  @Test func `a will that may not be left refuses the connection`() {
    rules.ban(.will, "w", "c")
    var t = transcript()
    let lines = t.open(1, "c", will: ("w", "x", .atMostOnce, false))
    #expect(lines == ["1 refused notAuthorized"])
    let remarks = t.remarks()
    #expect(remarks == [.denied(who("c"), .will, topic: "w")])
  }

  @Test func `a will whose rights have ended meanwhile is not published`() {
    var t = transcript()
    quietly(t.open(1, "s"))
    quietly(t.subscribe(1, ("w", .atMostOnce)))
    quietly(t.open(2, "c", will: ("w", "x", .atMostOnce, true)))
    rules.ban(.will, "w", "c")
    let lines = t.close(2, .lost)
    #expect(lines == [] && t.broker.messages.count == 0)
  }

  @Test func `nobody publishes or leaves a will below $SYS`() {
    var t = Transcript()
    let refused = t.open(1, "c", will: ("$SYS/w", "x", .atMostOnce, false))
    #expect(refused == ["1 refused notAuthorized"])
    quietly(t.open(1, "c"))
    let lines = t.publish(1, "$SYS/broker/version", "mine", qos: .atLeastOnce, retain: true, id: 1)
    #expect(lines == ["1 ack 1 notAuthorized"])
    #expect(t.broker.statistics.retainedMessages == 0)
  }

  @Test func `a password is judged, and an exchange that is given up is forgotten`() {
    let authenticator = OnePassword()
    var t = Transcript()
    t.broker.policies[0].authenticator = authenticator
    let bad = t.open(1, "c", user: "ann", password: "bad")
    let good = t.open(2, "c", user: "ann", password: "good")
    #expect(bad == ["1 refused badUserNameOrPassword"] && good == ["2 opened false"])
    quietly(t.close(2))
    #expect(authenticator.forgotten == [Transcript.link(2)])
  }

  @Test func `an answer that comes later opens the session or refuses it`() {
    let authenticator = OnePassword()
    authenticator.isSlow = true
    var t = Transcript()
    t.broker.policies[0].authenticator = authenticator
    let waiting = t.open(1, "c", will: ("w", "x", .atMostOnce, false), user: "ann")
    let second = t.open(2, "d", user: "bob")
    #expect(waiting == [] && second == [])
    let opened = t.conclude(1, .accepted)
    let refused = t.conclude(2, .refused(.notAuthorized))
    let late = t.conclude(3, .accepted)
    #expect(opened == ["1 opened false"] && refused == ["2 refused notAuthorized"] && late == [])
  }

  @Test func `a peer that leaves while its answer is awaited is not opened later`() {
    let authenticator = OnePassword()
    authenticator.isSlow = true
    var t = Transcript()
    t.broker.policies[0].authenticator = authenticator
    quietly(t.open(1, "c", user: "ann"))
    quietly(t.close(1, .lost))
    let late = t.conclude(1, .accepted)
    #expect(late == [] && t.broker.sessionCount == 0)
  }
}

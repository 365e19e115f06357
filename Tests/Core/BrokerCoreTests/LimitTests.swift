import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Answers later.
private final class Hesitation: Authenticator {
  func begin(_ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>) -> LoginVerdict {
    .pending
  }

  func proceed(_ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>) -> LoginVerdict {
    .pending
  }

  func forget(_ link: LinkID) {}
}

/// What peers may not make grow.
@Suite struct LimitTests {
  @Test func `a client at its limit of subscriptions may subscribe to the same filters again`() {
    var limits = BrokerLimits()
    limits.subscriptionsPerSession = 2
    var t = Transcript(limits: limits)
    quietly(t.open(1, "c", clean: false))
    quietly(t.subscribe(1, ("a", .atMostOnce), ("$share/g/a", .atMostOnce)))
    let again = t.subscribe(
      1, ("a", .atLeastOnce), ("$share/g/a", .atLeastOnce), ("$share/h/a", .atMostOnce))
    #expect(again == ["1 subscribed 1 [1, 1, 151]"])
  }

  @Test func `a will is no larger than other messages may be`() {
    var limits = BrokerLimits()
    limits.messageOctets = 3
    var t = Transcript(limits: limits)
    let large = t.open(1, "c", will: ("w", "1234", .atMostOnce, false))
    let small = t.open(2, "c", will: ("w", "123", .atMostOnce, false))
    #expect(large == ["1 refused quotaExceeded"] && small == ["2 opened false"])
  }

  @Test func `a node without a session keeps to the limits of size and memory`() {
    var limits = BrokerLimits()
    limits.messageOctets = 3
    limits.heldOctets = 4
    var t = Transcript(limits: limits)
    t.publishAnonymously("a", "1234", retain: true)
    t.publishAnonymously("a", "123", retain: true)
    t.publishAnonymously("b", "1", retain: true)
    #expect(t.broker.statistics.retainedMessages == 1)
    #expect(t.broker.statistics.hits(.messageOctets) == 1)
    #expect(t.broker.statistics.hits(.heldOctets) == 1)
  }

  @Test func `a topic of a thousand levels closes the link and leaves no nodes behind`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    let deep = String(repeating: "/", count: 1000)
    let lines = t.publish(1, deep, "x", qos: .atLeastOnce, retain: true, id: 1)
    #expect(lines == ["1 close topicNameInvalid"])
    #expect(t.broker.tree.count == 1 && t.broker.messages.count == 0)
    quietly(t.open(2, "c"))
    let allowed = t.publish(2, String(repeating: "/", count: 199), "x", qos: .atLeastOnce, id: 2)
    #expect(allowed == ["2 ack 2"])
  }

  @Test func `a will on a topic of a thousand levels is not retained`() {
    var t = Transcript()
    let deep = String(repeating: "/", count: 1000)
    quietly(t.open(1, "c", will: (deep, "x", .atMostOnce, true)))
    quietly(t.close(1, .lost))
    #expect(t.broker.tree.count == 1 && t.broker.messages.count == 0)
  }

  @Test func `logins that wait together do not pass the limit of sessions`() {
    var limits = BrokerLimits()
    limits.sessions = 1
    var t = Transcript(limits: limits)
    t.broker.policies[0].authenticator = Hesitation()
    quietly(t.open(1, "a", user: "u"))
    quietly(t.open(2, "b", user: "u"))
    var commands = CommandQueue()
    for link in 1...2 as ClosedRange<UInt32> {
      t.broker.conclude(
        Transcript.link(link), .accepted, reply: Span(), at: 0, commands: &commands)
    }
    #expect(t.broker.sessionCount == 1 && t.broker.statistics.hits(.sessions) == 1)
    guard case .refused(let link, .quotaExceeded) = commands.commands[1] else {
      Issue.record("not refused")
      return
    }
    #expect(link == Transcript.link(2))
    let hasOpenLogin = t.broker.login(of: link) != nil
    #expect(!hasOpenLogin)
  }

  @Test func `at the limit of retained messages those that are there still change`() {
    var limits = BrokerLimits()
    limits.retainedMessages = 1
    var t = Transcript(limits: limits)
    quietly(t.open(1, "c"))
    quietly(t.publish(1, "a", "old", retain: true))
    quietly(t.publish(1, "a", "new", retain: true))
    quietly(t.publish(1, "b", "more", retain: true))
    let lines = t.subscribe(1, ("#", .atMostOnce))
    #expect(lines == ["1 subscribed 1 [0]", "1 a=new q0 retained"])
  }

  @Test func `long topics do not fill the memory of who gets what`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    let long = String(repeating: "x", count: 60_000)
    for number in 0..<500 { quietly(t.publish(1, "\(number)\(long)", "x")) }
    #expect(t.broker.cache.octets <= TopicCache.octetLimit)
  }

  @Test func `a client that comes and goes leaves one deadline, not thousands`() {
    var t = Transcript()
    for _ in 0..<2_000 {
      quietly(t.open(1, "c", clean: false, expiry: 3600))
      quietly(t.close(1))
    }
    #expect(t.broker.dues.count <= 300)
    t.advance(to: 3_600_000)
    #expect(t.broker.sessionCount == 0)
  }

  private func message(of settlement: InFlightWindow.Settlement) -> MessageID? {
    if case .settled(let message, _) = settlement { return message }
    return nil
  }

  @Test func `an identifier that is still in flight is not used for another message`() {
    var window = InFlightWindow()
    let first = window.push(MessageID(index: 0), .atLeastOnce, .none, limit: 65_535)
    #expect(first == PacketIdentifier(1))
    for number in 2...65_535 {
      let id = window.push(MessageID(index: 1), .atLeastOnce, .none, limit: 65_535)
      let message = self.message(
        of: window.settle(PacketIdentifier(UInt16(number)), in: .awaitsAcknowledgement))
      guard id == PacketIdentifier(UInt16(number)), message == MessageID(index: 1) else {
        Issue.record("\(number) is out of order")
        return
      }
    }
    let none = window.push(MessageID(index: 2), .atLeastOnce, .none, limit: 65_535)
    #expect(none == nil)
    let oldest = message(of: window.settle(PacketIdentifier(1), in: .awaitsAcknowledgement))
    #expect(oldest == MessageID(index: 0))
    let next = window.push(MessageID(index: 2), .atLeastOnce, .none, limit: 65_535)
    #expect(next == PacketIdentifier(1))
  }

  @Test func `identifiers that an earlier connection left in flight are passed over`() {
    var window = InFlightWindow()
    for index in 0..<3_000 {
      _ = window.push(MessageID(index: UInt32(index)), .atLeastOnce, .none, limit: 65_535)
    }
    window.restart()
    while window.takeUp(limit: 65_535) != nil {}
    let next = window.push(MessageID(index: 7), .atLeastOnce, .none, limit: 65_535)
    #expect(next == PacketIdentifier(3_001))
    let old = message(of: window.settle(PacketIdentifier(3_000), in: .awaitsAcknowledgement))
    #expect(old == MessageID(index: 2_999))
    let new = message(of: window.settle(PacketIdentifier(3_001), in: .awaitsAcknowledgement))
    #expect(new == MessageID(index: 7))
  }

  @Test func `after four thousand million topics every subscriber is still found once`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    quietly(t.subscribe(1, ("#", .atMostOnce), ("+", .atMostOnce)))
    t.broker.markSerial = .max
    let lines = t.publish(1, "a", "x")
    #expect(lines == ["1 a=x q0"])
  }
}

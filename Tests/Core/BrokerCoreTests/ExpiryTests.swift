import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Messages whose time is over.
@Suite struct ExpiryTests {
  @Test func `[MQTT5-3.3.2-5] an acknowledgement lets nothing out that expired meanwhile`() {
    var t = Transcript()
    quietly(t.open(1, "c", receiveMaximum: 1))
    quietly(t.subscribe(1, ("t", .atLeastOnce)))
    quietly(t.publish(1, "t", "x"))
    quietly(t.publish(1, "t", "x", qos: .atLeastOnce, id: 1))
    quietly(t.publish(1, "t", "y", qos: .atLeastOnce, id: 2, expiry: 5))
    var commands = CommandQueue()
    t.broker.acknowledged(
      PacketIdentifier(1), from: Transcript.link(1), at: 5_000, commands: &commands)
    #expect(commands.commands.count == 0)
    #expect(t.broker.statistics.publishesExpired == 1 && t.broker.messages.count == 0)
  }

  @Test func `a full queue gives up what expired before it drops what comes`() {
    var limits = BrokerLimits()
    limits.queuedMessages = 2
    var t = Transcript(limits: limits)
    quietly(t.open(1, "sub", clean: false))
    quietly(t.subscribe(1, ("t", .atLeastOnce)))
    quietly(t.close(1))
    quietly(t.open(2, "pub"))
    for id in 1...3 as ClosedRange<UInt16> {
      quietly(t.publish(2, "t", "old", qos: .atLeastOnce, id: id, expiry: 5))
    }
    #expect(t.broker.statistics.publishesDropped == 1)
    t.advance(to: 5_000)
    quietly(t.publish(2, "t", "new", qos: .atLeastOnce, id: 4))
    #expect(t.broker.statistics.publishesExpired == 2)
    let lines = t.open(3, "sub", clean: false)
    #expect(lines == ["3 opened true", "3 t=new q1 #1"])
  }

  @Test func `one retained message that changes often does not make the broker walk the tree`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    for number in 0..<1_000 { quietly(t.subscribe(1, ("\(number)", .atMostOnce))) }
    for _ in 0..<2_000 { quietly(t.publish(1, "r", "x", retain: true, expiry: 60)) }
    #expect(t.broker.retainedEnds.count == 2_000)
    for _ in 0..<2_000 { quietly(t.publish(1, "r", "x", retain: true, expiry: 60)) }
    #expect(t.broker.retainedEnds.count < 2_300)
  }
}

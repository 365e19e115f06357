import MQTTTerms
import SessionLink
import Slabs
import Testing

@testable import BrokerCore

/// Subscription Identifiers.
@Suite struct IdentifierTests {
  @Test func `[MQTT5-3.3.4-3] the one identifier among subscriptions with No Local is told`() {
    var t = Transcript()
    quietly(t.open(1, "c", isFive: true))
    quietly(t.subscribe(1, "#", on: .init(qos: .atMostOnce, isNoLocal: true, identifier: 1)))
    quietly(t.subscribe(1, "a/+", on: .init(qos: .atMostOnce)))
    quietly(t.subscribe(1, "a/b", on: .init(qos: .atMostOnce, identifier: 5)))
    quietly(t.subscribe(1, "+/b", on: .init(qos: .atMostOnce)))
    let lines = t.publish(1, "a/b", "x")
    #expect(lines == ["1 a/b=x q0 by [5]"])
  }

  @Test func `[MQTT5-3.3.4-4] many sessions with several identifiers each are told their own`() {
    var t = Transcript()
    for link in 1...100 as ClosedRange<UInt32> {
      quietly(t.open(link, "c\(link)", isFive: true))
      for (place, filter) in ["a/b", "a/+", "a/#", "#"].enumerated() {
        let identifier = place == 3 ? 0 : link * 10 + UInt32(place)
        quietly(t.subscribe(link, filter, on: .init(qos: .atMostOnce, identifier: identifier)))
      }
    }
    let lines = t.publish(1, "a/b", "x")
    #expect(lines.count == 100)
    for line in lines {
      let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
      let own = numbers[0] * 10
      #expect(Set(numbers.dropFirst(2)) == [own, own + 1, own + 2] && numbers.count == 5)
    }
  }

  @Test func `identifiers that are kept count as held`() {
    var t = Transcript()
    quietly(t.open(1, "c", clean: false, isFive: true))
    quietly(t.subscribe(1, "t", on: .init(qos: .atLeastOnce, identifier: 1)))
    quietly(t.subscribe(1, "#", on: .init(qos: .atLeastOnce, identifier: 2)))
    quietly(t.close(1))
    quietly(t.open(2, "p"))
    let before = t.broker.heldOctets
    quietly(t.publish(2, "t", "x", qos: .atLeastOnce, id: 1))
    #expect(t.broker.keptIdentifiers.octets == 8 && t.broker.heldOctets >= before + 10)
    quietly(t.open(3, "c", isFive: true))
    #expect(t.broker.keptIdentifiers.octets == 0 && t.broker.heldOctets == before)
  }

  @Test func `thousands of shares of one filter end as quickly as they began`() {
    var t = Transcript()
    quietly(t.open(1, "c"))
    for number in 0..<5_000 { quietly(t.subscribe(1, ("$share/\(number)/t", .atMostOnce))) }
    #expect(t.broker.shares.count == 5_000)
    let lines = t.publish(1, "t", "x")
    #expect(lines.count == 5_000)
    quietly(t.unsubscribe(1, "$share/7/t"))
    quietly(t.close(1))
    #expect(t.broker.shares.count == 0 && t.broker.tree.count == 1)
    #expect(t.broker.share(named: Span(), at: 0) == nil)
  }
}

import MQTTLink
import SessionLink
import Testing

@Suite struct BridgeMarkTests {
  private func askedTerms(level: UInt8, filter: String) -> SubscriptionTerms? {
    var connection = Connection(limits: ConnectionLimits(), at: 0)
    let connect: [UInt8] = [
      0x10, 12, 0, 4, 0x4D, 0x51, 0x54, 0x54, level, 2, 0, 60, 0, 0,
    ]
    var consumed = 0
    _ = connection.receiveFurther(connect.span, consumed: &consumed, at: 0)
    connection.opened()
    let name = Array(filter.utf8)
    let subscribe: [UInt8] =
      [0x82, UInt8(5 + name.count), 0, 1, 0, UInt8(name.count)] + name + [1]
    consumed = 0
    switch connection.receiveFurther(subscribe.span, consumed: &consumed, at: 0) {
    case .event(let event):
      guard case .subscribe(let request) = event else { return nil }
      return request.terms
    case .needMore, .ping, .close: return nil
    }
  }

  @Test func `a bridge gets nothing of its own, and RETAIN as it was published`() throws {
    let terms = try #require(askedTerms(level: 0x84, filter: "a"))
    #expect(terms.isNoLocal && terms.isRetainAsPublished)
  }

  @Test func `a shared subscription has no messages of its own`() throws {
    let terms = try #require(askedTerms(level: 0x84, filter: "$share/g/a"))
    #expect(!terms.isNoLocal && terms.isRetainAsPublished)
  }

  @Test func `another client is no bridge`() throws {
    let terms = try #require(askedTerms(level: 4, filter: "a"))
    #expect(!terms.isNoLocal && !terms.isRetainAsPublished)
  }
}

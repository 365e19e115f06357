import Testing

@testable import BrokerCore

/// Whether anybody subscribes to something below "$SYS/a".
@Suite struct WatchingTests {
  private func transcript() -> Transcript {
    var t = Transcript()
    t.broker.watch(Array("$SYS/a".utf8).span)
    quietly(t.open(1, "c"))
    return t
  }

  @Test(arguments: [
    ("$SYS/#", true), ("$SYS/a/#", true), ("$SYS/+/b", true), ("$SYS/a/b", true),
    ("$SYS/a/+/c", true), ("$share/s/$SYS/a/b", true), ("#", false), ("+/a/b", false),
    ("$SYS/a", false), ("$SYS/b/#", false), ("$SYS/+", false), ("a/b", false),
  ])
  func `a subscription watches when it may match`(_ filter: String, _ watches: Bool) {
    var t = transcript()
    quietly(t.subscribe(1, (filter, .atMostOnce)))
    let during = t.broker.isWatched
    quietly(t.subscribe(1, (filter, .atLeastOnce)))
    quietly(t.unsubscribe(1, filter))
    let after = t.broker.isWatched
    #expect(during == watches && !after)
  }

  @Test func `a session that ends watches no more`() {
    var t = transcript()
    quietly(t.subscribe(1, ("$SYS/a/b", .atMostOnce), ("$SYS/#", .atMostOnce)))
    quietly(t.close(1))
    let after = t.broker.isWatched
    #expect(!after)
  }
}

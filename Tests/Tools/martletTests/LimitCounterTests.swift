import ConfigurationFile
import Testing

@testable import martlet

@Suite struct LimitCounterTests {
  @Test func `the counters are those that the options name`() {
    let named = Configuration.options.compactMap(\.counter).filter { $0.hasPrefix("limits/") }
    #expect(Set(LimitCounter.all.map { "limits/\($0.option)/hits" }) == Set(named))
    #expect(LimitCounter.all.count == Set(named).count)
  }
}

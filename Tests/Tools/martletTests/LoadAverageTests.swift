import Testing

@testable import martlet

@Suite struct LoadAverageTests {
  @Test func `a steady rate is what every average comes to`() {
    var load = LoadAverage(at: 0)
    for second in 1...7200 { load.update(total: UInt64(second * 10), at: UInt64(second) * 1000) }
    #expect(load.text(0) == "600.00" && load.text(1) == "600.00")
    #expect(load.text(2) == "599.80")
  }

  @Test func `after a minute of silence a third is left of the last minute`() {
    var load = LoadAverage(at: 0)
    load.update(total: 100, at: 60_000)
    #expect(load.text(0) == "63.21")
    load.update(total: 100, at: 120_000)
    #expect(load.text(0) == "23.25")
    load.update(total: 100, at: 120_000)
    #expect(load.text(0) == "23.25")
  }
}

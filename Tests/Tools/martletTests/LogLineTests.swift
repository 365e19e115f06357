import ConfigurationFile
import Testing

@testable import martlet

/// Where lines of a type go.
@Suite struct LogLineTests {
  @Test func `each type has Mosquitto's topic, but what publishing sets off has none`() {
    let types: [LogTypes] = [
      .error, .warning, .notice, .information, .subscribe, .unsubscribe, .websockets,
    ]
    let topics = types.map { $0.topic?.dropFirst("$SYS/broker/log/".count) }
    #expect(topics == ["E", "W", "N", "I", "M/subscribe", "M/unsubscribe", "WS"])
    #expect(LogTypes.debug.topic == nil && LogTypes.internal.topic == nil)
  }

  @Test func `lines that wait to be published are not many, and the rest is counted`() {
    let lines = PublishedLines()
    for number in 0..<1005 { lines.append("t", "\(number)") }
    let taken = lines.takeAll()
    #expect(taken.count == 1001 && taken.last?.text == "5 more lines.")
    #expect(lines.takeAll().isEmpty)
  }

  @Test func `what publishing sets off is not published`() {
    let lines = PublishedLines()
    lines.isDeaf = true
    lines.append("t", "x")
    #expect(lines.takeAll().isEmpty)
  }
}

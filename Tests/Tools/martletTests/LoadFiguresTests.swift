import Testing

@testable import martlet

@Suite("The figures of a load run")
struct LoadFiguresTests {
  @Test("a message counts once, in whatever order messages come")
  func sequence() {
    var window = SequenceWindow()
    let taken = [1, 1, 0, 0, 2].map { window.take($0) }
    #expect(taken == [true, false, true, false, true])
    let next = window.next
    #expect(next == 3)
  }

  @Test("what has not come is missing")
  func missing() {
    var window = SequenceWindow()
    _ = window.take(1)
    let (before, after) = (window.missing(of: 2), window.missing(of: 3))
    #expect(before == 1)
    #expect(after == 2)
  }

  @Test("a number that is not under way does not count")
  func farSequence() {
    var window = SequenceWindow()
    let taken = [64, 63].map { window.take($0) }
    #expect(taken == [false, true])
  }

  @Test("the window moves on")
  func movedSequence() {
    var window = SequenceWindow()
    for number in 0..<200 as Range<UInt32> { _ = window.take(number) }
    let (next, missing) = (window.next, window.missing(of: 200))
    #expect(next == 200)
    #expect(missing == 0)
  }

  @Test(
    "a PUBACK means the message with its MsgId that is under way", arguments: [0, 65_533, 65_534])
  func messageIDs(first: UInt32) {
    var answered = SequenceWindow()
    for number in 0..<first { _ = answered.take(number) }
    for number in first..<first + 64 {
      let id = LoadMark.messageID(of: number)
      #expect(!id.isNone)
      #expect(LoadMark.number(of: id, from: answered.next) == number)
    }
  }

  @Test("quantiles are exact up to 64 ns and at most 1/32 off above")
  func quantiles() {
    var times = Latencies()
    for time in 1...100 as ClosedRange<UInt64> { times.take(time * 1000) }
    let (median, late) = (times.quantile(0.5), times.quantile(0.99))
    #expect((50_000...51_600).contains(median))
    #expect((99_000...100_000).contains(late))
    times.take(.max)
    let (longest, last) = (times.longest, times.quantile(1))
    #expect(longest == .max)
    #expect(last == .max)
  }

  @Test("numbers are printed with their decimals")
  func decimals() {
    #expect(LoadReport.decimal(3.14159, 2) == "3.14")
    #expect(LoadReport.decimal(0.999, 2) == "1.00")
    #expect(LoadReport.decimal(12.5, 0) == "13")
    #expect(LoadReport.decimal(-1, 1) == "0.0")
  }

  @Test("a place is a host and a port")
  func places() {
    #expect(NetworkPlace("localhost:1")?.host == "localhost")
    #expect(NetworkPlace("[::1]:1884")?.host == "::1")
    #expect(NetworkPlace("[::1]:1884")?.withPort(7) == "[::1]:7")
    for text in ["", "host", ":1", "host:", "host:0", "host:65536", "::1:7"] {
      #expect(NetworkPlace(text[...]) == nil)
    }
  }
}

import CLinux
import Glibc
import Testing

@testable import Reactor

@Suite struct WakingUpTests {
  @Test func `a signalled wake-up ends the wait once`() throws {
    var reactor = try Reactor()
    let wakeUp = try WakeUp()
    try reactor.add(wakeUp.number, token: 9, interest: .readable)
    wakeUp.signal()
    wakeUp.signal()
    try reactor.wait(timeoutMilliseconds: 5000)
    let woken = reactor.eventCount
    #expect(woken == 1)
    let first = wakeUp.drain()
    let second = wakeUp.drain()
    #expect(first && !second)
    try reactor.wait(timeoutMilliseconds: 0)
    let quiet = reactor.eventCount
    #expect(quiet == 0)
  }

  @Test func `signals are read instead of ending the process`() async {
    await #expect(processExitsWith: .success) {
      var reactor = try Reactor()
      let signals = try SignalReader(SIGTERM, SIGINT, SIGHUP)
      try reactor.add(signals.number, token: 4, interest: .readable)
      let none = signals.next()
      raise(SIGTERM)
      try reactor.wait(timeoutMilliseconds: 5000)
      let token = reactor.event(at: 0).token
      let first = signals.next()
      raise(SIGHUP)
      let second = signals.next()
      try #require(none == nil && token == 4 && first == SIGTERM && second == SIGHUP)
    }
  }

  @Test func `a write to a closed peer is an error and no signal`() async {
    await #expect(processExitsWith: .success) {
      let signals = try SignalReader(SIGTERM)
      var pipes: [Int32] = [-1, -1]
      try #require(pipe(&pipes) == 0)
      close(pipes[0])
      let count = write(pipes[1], "x", 1)
      try #require(count == -1 && errno == EPIPE && signals.number >= 0)
    }
  }
}

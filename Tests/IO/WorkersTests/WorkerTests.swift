import Glibc
import Synchronization
import Testing
import Workers

/// Jobs go in, outcomes come out, in order.
@Suite struct WorkerTests {
  /// The outcomes, once there are that many.
  private func outcomes(_ worker: Worker<Int, Int>, count: Int) -> [Int] {
    var outcomes: [Int] = []
    while outcomes.count < count {
      var entry = pollfd(fd: worker.number, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 20_000) == 1 else { break }
      outcomes += worker.takeOutcomes()
    }
    return outcomes
  }

  @Test func `outcomes come in the order of the jobs`() throws {
    let worker = try Worker<Int, Int> { $0 * 2 }
    for number in 0..<1000 { #expect(worker.submit(number) { _ in true }) }
    #expect(outcomes(worker, count: 1000) == (0..<1000).map { $0 * 2 })
    #expect(worker.takeOutcomes().isEmpty)
  }

  @Test func `who hands jobs in decides how many may wait`() throws {
    let gate = Mutex(false)
    let worker = try Worker<Int, Int> { number in
      while !gate.withLock({ $0 }) { sched_yield() }
      return number
    }
    var taken = 0
    for number in 0..<100 where worker.submit(number, if: { $0.count < 3 }) { taken += 1 }
    // One may be in work besides.
    #expect(taken == 3 || taken == 4)
    gate.withLock { $0 = true }
    #expect(outcomes(worker, count: taken).count == taken)
    #expect(worker.submit(7) { $0.isEmpty })
    #expect(outcomes(worker, count: 1) == [7])
  }
}

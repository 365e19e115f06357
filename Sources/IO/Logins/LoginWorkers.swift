import CLinux
import Glibc
import Reactor
import SessionLink
import Synchronization
import Workers

/// What came of a password that was tried.
struct LoginResult: Sendable {
  let trial: LoginTrial
  /// Nil where it could not be tried, for want of memory.
  let isRight: Bool?
}

/// Threads that try passwords, so that the loop need not.
final class LoginWorkers: Sendable {
  private struct Queues: Sendable {
    var trials = LoginQueue()
    var results: [LoginResult] = []
  }

  private let queues = Mutex(Queues())
  private let hasTrials: WakeUp
  private let hasResults: WakeUp

  /// Starts the threads, which live as long as the process: one less than there are processors, 1 to 4.
  init() throws(SystemError) {
    hasTrials = try WakeUp()
    hasResults = try WakeUp()
    for _ in 0..<min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1, 1), 4) {
      try startThread { [self] in work() }
    }
  }

  /// The descriptor that is readable when there are results.
  var number: Int32 { hasResults.number }

  /// Has a password tried; false when too many wait already.
  func submit(_ trial: LoginTrial) -> Bool {
    let isTaken = queues.withLock { $0.trials.add(trial) }
    if isTaken { hasTrials.signal() }
    return isTaken
  }

  /// Gives up what that link has sent, unless it is being tried already.
  func withdraw(_ link: LinkID) {
    queues.withLock { queues in
      if queues.trials.count > 0 { queues.trials.withdraw(link) }
    }
  }

  /// The results since the last call.
  func takeResults() -> [LoginResult] {
    hasResults.drain()
    return queues.withLock { queues in
      let taken = queues.results
      queues.results = []
      return taken
    }
  }

  private func work() {
    // Messages go first.
    linux_lower_priority()
    while true {
      guard let trial = nextTrial() else {
        waitForTrials()
        continue
      }
      let result = LoginResult(trial: trial, isRight: trial.hash.matches(trial.password))
      queues.withLock { queues in
        queues.trials.finish(trial, isRight: result.isRight ?? true)
        queues.results.append(result)
      }
      hasResults.signal()
    }
  }

  private func nextTrial() -> LoginTrial? {
    let (trial, hasMore) = queues.withLock { queues in
      let trial = queues.trials.next()
      return (trial, trial != nil && queues.trials.count > 0)
    }
    // Another thread may have slept through that one.
    if hasMore { hasTrials.signal() }
    return trial
  }

  private func waitForTrials() {
    var entry = pollfd(fd: hasTrials.number, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, -1)
    hasTrials.drain()
  }
}

import AccessFiles
import Glibc
import Reactor
import SessionLink
import Synchronization

/// A password that is to be tried.
struct LoginTrial: Sendable {
  let link: LinkID
  let address: PeerAddress
  let userName: [UInt8]
  let password: [UInt8]
  let hash: PasswordHash
}

/// What came of it.
struct LoginResult: Sendable {
  let trial: LoginTrial
  let isRight: Bool
}

/// A thread that tries passwords, so that the loop need not: a queue with a limit, and a limit for each
/// address, so that one who guesses does not keep the others waiting.
final class LoginWorkers: Sendable {
  private static let limit = 256
  private static let limitOfAddress = 8

  private struct Queues: Sendable {
    var trials: [LoginTrial] = []
    var results: [LoginResult] = []
  }

  private let queues = Mutex(Queues())
  private let hasTrials: WakeUp
  private let hasResults: WakeUp

  /// Starts a thread, which lives as long as the process.
  init() throws(SystemError) {
    hasTrials = try WakeUp()
    hasResults = try WakeUp()
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<LoginWorkers>.fromOpaque(context).takeRetainedValue().work() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard status == 0 else { throw SystemError("start a thread", code: status) }
    pthread_detach(thread)
  }

  /// The descriptor that is readable when there are results.
  var number: Int32 { hasResults.number }

  /// Has a password tried; false when too many wait already.
  func submit(_ trial: LoginTrial) -> Bool {
    let isTaken = queues.withLock { queues in
      let ofAddress = queues.trials.count { $0.address.isSameHost(as: trial.address) }
      guard queues.trials.count < Self.limit, ofAddress < Self.limitOfAddress else { return false }
      queues.trials.append(trial)
      return true
    }
    if isTaken { hasTrials.signal() }
    return isTaken
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
    while true {
      guard let trial = nextTrial() else {
        waitForTrials()
        continue
      }
      let result = LoginResult(trial: trial, isRight: trial.hash.matches(trial.password))
      queues.withLock { $0.results.append(result) }
      hasResults.signal()
    }
  }

  private func nextTrial() -> LoginTrial? {
    queues.withLock { $0.trials.isEmpty ? nil : $0.trials.removeFirst() }
  }

  private func waitForTrials() {
    var entry = pollfd(fd: hasTrials.number, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, -1)
    hasTrials.drain()
  }
}

extension PeerAddress {
  /// Whether both are of one host, whatever their ports.
  fileprivate func isSameHost(as other: PeerAddress) -> Bool {
    var (left, right) = (self, other)
    (left.port, right.port) = (0, 0)
    return left == right
  }
}

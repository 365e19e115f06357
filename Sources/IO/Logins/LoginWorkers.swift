import AccessFiles
import Reactor
import SessionLink
import Workers

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
struct LoginWorkers: Sendable {
  private static let limit = 256
  private static let limitOfAddress = 8

  private let worker: Worker<LoginTrial, LoginResult>

  /// Starts a thread, which lives as long as the process.
  init() throws(SystemError) {
    worker = try Worker { LoginResult(trial: $0, isRight: $0.hash.matches($0.password)) }
  }

  /// The descriptor that is readable when there are results.
  var number: Int32 { worker.number }

  /// Has a password tried; false when too many wait already.
  func submit(_ trial: LoginTrial) -> Bool {
    worker.submit(trial) { waiting in
      let ofAddress = waiting.count { $0.address.isSameHost(as: trial.address) }
      return waiting.count < Self.limit && ofAddress < Self.limitOfAddress
    }
  }

  /// The results since the last call.
  func takeResults() -> [LoginResult] { worker.takeOutcomes() }
}

extension PeerAddress {
  /// Whether both are of one host, whatever their ports.
  fileprivate func isSameHost(as other: PeerAddress) -> Bool {
    var (left, right) = (self, other)
    (left.port, right.port) = (0, 0)
    return left == right
  }
}

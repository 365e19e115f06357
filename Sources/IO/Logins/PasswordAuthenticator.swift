import AccessFiles
import BrokerCore
import Reactor
import SessionLink
import Slabs
import Synchronization

/// Logs users in by a password file. Passwords are tried on a thread of their own, and those that were
/// right are known again until the file is read again.
public final class PasswordAuthenticator: Authenticator {
  private struct Users: Sendable {
    var list: PasswordList
    /// What was right, by user.
    var known: [[UInt8]: [UInt8]] = [:]
  }

  private let users: Mutex<Users>
  private let workers: LoginWorkers
  private let key = DigestKey()

  /// An authenticator for the users of `list`.
  public init(_ list: PasswordList) throws(SystemError) {
    users = Mutex(Users(list: list))
    workers = try LoginWorkers()
  }

  /// The descriptor that is readable when `nextVerdicts` has something.
  public var number: Int32 { workers.number }

  /// Takes other users; those who are connected stay.
  public func replace(_ list: PasswordList) {
    users.withLock { $0 = Users(list: list) }
  }

  /// Judges a login: at once where the answer is known, else later.
  public func begin(
    _ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    if login.step != nil { return .refused(.badAuthenticationMethod) }
    guard let userName = login.peer.userName, let password = login.password else {
      return .refused(.badUserNameOrPassword)
    }
    let name = octets(userName)
    let (hash, digest) = users.withLock { ($0.list.hash(of: name), $0.known[name]) }
    guard let hash else { return .refused(.unknownUser) }
    let trial = LoginTrial(
      link: link, address: login.peer.address, userName: name, password: octets(password),
      hash: hash)
    if digest == key.digest(of: trial.password, hash.salt) { return .accepted }
    return workers.submit(trial) ? .pending : .refused(.busy)
  }

  /// The logins that were judged since the last call.
  public func nextVerdicts() -> [(link: LinkID, verdict: LoginVerdict)] {
    workers.takeResults().map { result in
      let verdict: LoginVerdict =
        settle(result) ? .accepted : .refused(.wrongPassword)
      return (result.trial.link, verdict)
    }
  }

  /// Remembers a password that was right; false when it was not, or counts no more.
  private func settle(_ result: LoginResult) -> Bool {
    let trial = result.trial
    let digest = key.digest(of: trial.password, trial.hash.salt)
    return users.withLock { users in
      // The file may have been read again meanwhile.
      guard result.isRight, users.list.hash(of: trial.userName) == trial.hash else { return false }
      users.known[trial.userName] = digest
      return true
    }
  }

  /// There are no exchanges of several steps.
  public func proceed(
    _ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict { .refused(.badAuthenticationMethod) }

  /// A result for a link that is gone is passed over by the broker.
  public func forget(_ link: LinkID) {}

  private func octets(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }
}

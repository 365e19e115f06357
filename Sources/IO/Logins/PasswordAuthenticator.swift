import AccessFiles
import BrokerCore
import Reactor
import SessionLink
import Slabs
import Synchronization

/// Logs users in by their passwords. Those are tried on a thread of their own, and those that were
/// right are known again until they are changed.
public final class PasswordAuthenticator: Authenticator {
  private struct Users: Sendable {
    var accounts: Accounts
    /// What was right, by user.
    var known: [[UInt8]: [UInt8]] = [:]
  }

  private let users: Mutex<Users>
  private let workers: LoginWorkers
  private let key = DigestKey()

  /// An authenticator for those who have an account.
  public init(_ accounts: Accounts) throws(SystemError) {
    users = Mutex(Users(accounts: accounts))
    workers = try LoginWorkers()
  }

  /// The descriptor that is readable when `nextVerdicts` has something.
  public var number: Int32 { workers.number }

  /// Takes other accounts; those who are connected stay.
  public func replace(_ accounts: Accounts) {
    users.withLock { users in
      let known = users.known.filter { name, _ in
        accounts[name]?.hash != nil && accounts[name]?.hash == users.accounts[name]?.hash
      }
      users = Users(accounts: accounts, known: known)
    }
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
    let (account, digest) = users.withLock { ($0.accounts[name], $0.known[name]) }
    guard let account, let hash = account.hash, account.admits(login.peer.clientID) else {
      return .refused(.badUserNameOrPassword)
    }
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
        settle(result) ? .accepted : .refused(.badUserNameOrPassword)
      return (result.trial.link, verdict)
    }
  }

  /// Remembers a password that was right; false when it was not, or counts no more.
  private func settle(_ result: LoginResult) -> Bool {
    let trial = result.trial
    let digest = key.digest(of: trial.password, trial.hash.salt)
    return users.withLock { users in
      // The file may have been read again meanwhile.
      guard result.isRight, users.accounts[trial.userName]?.hash == trial.hash else { return false }
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

extension Account {
  /// Whether a client of that identifier may use the account.
  fileprivate func admits(_ clientID: Span<UInt8>) -> Bool {
    guard let own = self.clientID else { return true }
    return isSameName(own.span, clientID)
  }
}

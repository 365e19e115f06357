import AccessFiles
import BrokerCore
import Reactor
import SessionLink
import Slabs
import Synchronization

/// Logs users in by a password file, with a password or by SCRAM-SHA-256. Passwords are tried on threads
/// of their own, and those that were right are known again until the file is read again.
///
/// Nothing that a peer hears or can measure tells it whether there is a user of a name.
public final class PasswordAuthenticator: Authenticator {
  private struct Users: Sendable {
    var list: PasswordList
    /// What was right, by user.
    var known: [[UInt8]: [UInt8]] = [:]
    var exchanges: [LinkID: OpenExchange] = [:]
    var failures = FailureLimit()
  }

  private struct OpenExchange: Sendable {
    let exchange: ScramExchange
    let host: LoginHost
    /// Why it must fail, for the log.
    let refusal: Refusal
  }

  private let users: Mutex<Users>
  private let workers: LoginWorkers
  private let key = DigestKey()
  private let strangers = Strangers()

  /// An authenticator for the users of `list`.
  public init(_ list: PasswordList) throws(SystemError) {
    users = Mutex(Users(list: list))
    workers = try LoginWorkers()
  }

  /// The descriptor that is readable when `nextVerdicts` has something.
  public var number: Int32 { workers.number }

  /// Takes other users; those who are connected stay, passwords that are the same are known still, and
  /// exchanges that have begun fail.
  public func replace(_ list: PasswordList) {
    users.withLock { users in
      let known = users.known.filter { name, _ in
        list.hash(of: name) != nil && list.hash(of: name) == users.list.hash(of: name)
      }
      users = Users(list: list, known: known, failures: users.failures)
    }
  }

  /// Judges a login: at once where the answer is known, else later.
  public func begin(
    _ login: borrowing Login, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    if let step = login.step { return begin(login, step, of: link, &reply) }
    guard let userName = login.peer.userName, let password = login.password else {
      return .refused(.badUserNameOrPassword)
    }
    let name = octets(userName)
    let (hash, digest) = users.withLock { users in
      (users.list.hash(of: name) ?? strangers.hash(of: name, in: users.list), users.known[name])
    }
    let trial = LoginTrial(
      link: link, address: login.peer.address, userName: name, password: octets(password),
      hash: hash)
    if digest == key.digest(of: trial.password, hash.salt) { return .accepted }
    return workers.submit(trial) ? .pending : .refused(.busy)
  }

  /// The logins that were judged since the last call.
  public func nextVerdicts() -> [(link: LinkID, verdict: LoginVerdict)] {
    workers.takeResults().map { ($0.trial.link, settle($0)) }
  }

  /// Remembers a password that was right.
  private func settle(_ result: LoginResult) -> LoginVerdict {
    guard let isRight = result.isRight else { return .refused(.busy) }
    let trial = result.trial
    let digest = key.digest(of: trial.password, trial.hash.salt)
    return users.withLock { users in
      guard let hash = users.list.hash(of: trial.userName) else { return .refused(.unknownUser) }
      // The file may have been read again meanwhile.
      guard isRight, hash == trial.hash else { return .refused(.wrongPassword) }
      users.known[trial.userName] = digest
      return .accepted
    }
  }

  // MARK: Exchanges

  private func begin(
    _ login: borrowing Login, _ step: AuthenticationStep, of link: LinkID,
    _ reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    guard octets(step.method).elementsEqual(ScramExchange.method.utf8) else {
      return .refused(.badAuthenticationMethod)
    }
    guard let first = ScramFirst(octets(step.data)) else {
      return .refused(.badUserNameOrPassword)
    }
    // A peer is one user, however often it says who it is.
    if let userName = login.peer.userName, octets(userName) != first.userName {
      return .refused(.badUserNameOrPassword)
    }
    let host = LoginHost(login.peer.address)
    let challenge = users.withLock { users in
      let open = openExchange(first, of: host, users.list)
      users.exchanges[link] = open
      return open.exchange.challenge
    }
    for octet in challenge { reply.append(octet) }
    return .unfinished
  }

  private func openExchange(
    _ first: ScramFirst, of host: LoginHost, _ list: PasswordList
  ) -> OpenExchange {
    let nonce = Array(
      Base64.text(of: (0..<18).map { _ in UInt8.random(in: .min ... .max) }).utf8)
    var refusal = Refusal.wrongPassword
    var hash = list.hash(of: first.userName)
    if hash == nil { refusal = .unknownUser }
    if hash != nil, hash?.method.scramRounds == nil {
      refusal = .withoutKeys
      hash = nil
    }
    let met = hash ?? strangers.exchangeHash(of: first.userName, in: list)
    let rounds = met.method.scramRounds ?? PasswordHash.Method.usualExchangeRounds
    return OpenExchange(
      exchange: ScramExchange(first, hash: met, rounds: rounds, nonce: nonce), host: host,
      refusal: refusal)
  }

  /// Judges the last message of an exchange.
  public func proceed(
    _ data: Span<UInt8>, of link: LinkID, reply: inout Slab<UInt8>
  ) -> LoginVerdict {
    guard let open = users.withLock({ $0.exchanges.removeValue(forKey: link) }) else {
      return .refused(.badUserNameOrPassword)
    }
    let now = MonotonicClock.now()
    guard users.withLock({ $0.failures.allows(open.host, at: now) }) else {
      return .refused(.busy)
    }
    guard let answer = open.exchange.answer(to: octets(data)) else {
      users.withLock { $0.failures.note(open.host) }
      return .refused(open.refusal)
    }
    for octet in answer { reply.append(octet) }
    return .accepted
  }

  /// The user that a peer says to be in an exchange that it has begun.
  public func userName(of link: LinkID) -> [UInt8]? {
    users.withLock { $0.exchanges[link]?.exchange.userName }
  }

  /// Ends the login of a link that is gone. A result that comes all the same is passed over by the broker.
  public func forget(_ link: LinkID) {
    workers.withdraw(link)
    users.withLock { users in
      if !users.exchanges.isEmpty { users.exchanges[link] = nil }
    }
  }

  private func octets(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }
}

import AccessFiles
import SessionLink

/// A password that is to be tried.
struct LoginTrial: Sendable {
  let link: LinkID
  let address: PeerAddress
  let userName: [UInt8]
  let password: [UInt8]
  let hash: PasswordHash
}

/// Passwords that wait to be tried, with a limit and a limit for each host. Hosts take turns. The one trial of
/// a host that has no other and was not wrong last goes before what else waits, three times out of
/// four: who guesses keeps nobody else waiting.
struct LoginQueue: Sendable {
  /// Hosts that have been wrong last.
  private var suspects = SuspectHosts()
  private var firsts = LoginLane(limit: 256, limitOfHost: 1)
  private var others = LoginLane(limit: 256, limitOfHost: 8)
  /// How many firsts were taken while others waited, since the last one of these.
  private var streak = 0
  /// What those that are being tried take, in KiB.
  private var memory = 0

  /// How many wait.
  var count: Int { firsts.count + others.count }

  /// Takes a trial in; false when too many wait already.
  mutating func add(_ trial: LoginTrial) -> Bool {
    let host = LoginHost(trial.address)
    if !suspects.contains(host), !others.contains(host), firsts.add(trial, of: host) {
      return true
    }
    if let first = firsts.take(from: host), !others.add(first, of: host) {
      _ = firsts.add(first, of: host)
    }
    return others.add(trial, of: host)
  }

  /// The next one to be tried. All that are being tried take no more memory together than a single one
  /// may: nil when there is none or the next one must wait for that.
  mutating func next() -> LoginTrial? {
    let isTurnOfFirsts = firsts.count > 0 && (streak < 3 || others.count == 0)
    guard let next = isTurnOfFirsts ? firsts.first : others.first,
      memory + next.hash.method.memory <= Argon2Cost.memoryLimit
    else { return nil }
    memory += next.hash.method.memory
    streak = isTurnOfFirsts && others.count > 0 ? streak + 1 : 0
    if isTurnOfFirsts { firsts.removeFirst() } else { others.removeFirst() }
    return next
  }

  /// Nobody waits for the answer to what that link has sent.
  mutating func withdraw(_ link: LinkID) {
    firsts.withdraw(link)
    others.withdraw(link)
  }

  /// One that was being tried is done.
  mutating func finish(_ trial: LoginTrial, isRight: Bool) {
    memory -= trial.hash.method.memory
    let host = LoginHost(trial.address)
    if isRight { suspects.remove(host) } else { suspects.insert(host) }
  }
}

/// Some of those that wait, by turns of their hosts.
struct LoginLane: Sendable {
  private struct Waiting: Sendable {
    let turn: Int
    let host: LoginHost
    let trial: LoginTrial
  }

  private let limit: Int
  private let limitOfHost: Int
  /// By their turns.
  private var waiting: [Waiting] = []
  /// The turn of the one that was taken last.
  private var turn = 0

  init(limit: Int, limitOfHost: Int) {
    self.limit = limit
    self.limitOfHost = limitOfHost
  }

  var count: Int { waiting.count }
  var first: LoginTrial? { waiting.first?.trial }

  /// Takes a trial in: behind everybody else's first one when it is its host's second.
  mutating func add(_ trial: LoginTrial, of host: LoginHost) -> Bool {
    let own = waiting.count { $0.host == host }
    guard waiting.count < limit, own < limitOfHost else { return false }
    let turn = (waiting.last { $0.host == host }?.turn ?? self.turn) + 1
    let index = waiting.firstIndex { $0.turn > turn } ?? waiting.count
    waiting.insert(Waiting(turn: turn, host: host, trial: trial), at: index)
    return true
  }

  func contains(_ host: LoginHost) -> Bool { waiting.contains { $0.host == host } }

  /// Takes the first one of a host out.
  mutating func take(from host: LoginHost) -> LoginTrial? {
    guard let index = waiting.firstIndex(where: { $0.host == host }) else { return nil }
    return waiting.remove(at: index).trial
  }

  mutating func withdraw(_ link: LinkID) { waiting.removeAll { $0.trial.link == link } }

  mutating func removeFirst() { turn = waiting.removeFirst().turn }
}

/// Whom addresses are counted as: one host whatever its ports, one network of IPv6, of which a host has
/// all addresses.
struct LoginHost: Sendable, Hashable {
  private let family: PeerAddress.Family
  private let octets: UInt64

  init(_ address: PeerAddress) {
    family = address.family
    var octets: UInt64 = 0
    for index in 0..<8 { octets = octets << 8 | UInt64(address.octets[index]) }
    self.octets = octets
  }
}

/// The hosts that have been wrong last, as many as there is room for.
struct SuspectHosts: Sendable {
  private static let limit = 4096

  private var hosts: Set<LoginHost> = []
  /// By their coming; with some that are not among `hosts` any more.
  private var order: [LoginHost] = []

  func contains(_ host: LoginHost) -> Bool { hosts.contains(host) }

  mutating func insert(_ host: LoginHost) {
    guard hosts.insert(host).inserted else { return }
    order.append(host)
    guard order.count > Self.limit else { return }
    for host in order.prefix(Self.limit / 2) { hosts.remove(host) }
    order.removeFirst(Self.limit / 2)
  }

  mutating func remove(_ host: LoginHost) { hosts.remove(host) }
}

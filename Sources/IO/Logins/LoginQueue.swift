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

/// Passwords that wait to be tried, with a limit and a limit for each host. Hosts take turns, so that
/// one who guesses keeps nobody else waiting.
struct LoginQueue: Sendable {
  static let limit = 256
  static let limitOfHost = 8

  private struct Waiting: Sendable {
    let turn: Int
    let trial: LoginTrial
  }

  /// By their turns.
  private var waiting: [Waiting] = []
  /// The turn of the one that was taken last.
  private var turn = 0
  /// What those that are being tried take, in KiB.
  private var memory = 0

  /// How many wait.
  var count: Int { waiting.count }

  /// Takes a trial in: behind everybody else's first one when it is its host's second. False when too
  /// many wait already.
  mutating func add(_ trial: LoginTrial) -> Bool {
    let own = waiting.filter { $0.trial.address.isSameHost(as: trial.address) }
    guard waiting.count < Self.limit, own.count < Self.limitOfHost else { return false }
    let turn = (own.last?.turn ?? self.turn) + 1
    let index = waiting.firstIndex { $0.turn > turn } ?? waiting.count
    waiting.insert(Waiting(turn: turn, trial: trial), at: index)
    return true
  }

  /// The next one to be tried. All that are being tried take no more memory together than a single one
  /// may: nil when there is none or the next one must wait for that.
  mutating func next() -> LoginTrial? {
    guard let first = waiting.first,
      memory + first.trial.hash.method.memory <= Argon2Cost.memoryLimit
    else { return nil }
    turn = first.turn
    memory += first.trial.hash.method.memory
    return waiting.removeFirst().trial
  }

  /// One that was being tried is done.
  mutating func finish(_ trial: LoginTrial) { memory -= trial.hash.method.memory }
}

extension PeerAddress {
  /// Whether both are of one host, whatever their ports: of IPv6 of one network, of which a host has all
  /// addresses.
  fileprivate func isSameHost(as other: PeerAddress) -> Bool {
    let (left, right) = (host, other.host)
    return left == right
  }

  private var host: PeerAddress {
    var host = self
    host.port = 0
    if family == .ipv6 { for index in 8..<16 { host.octets[index] = 0 } }
    return host
  }
}

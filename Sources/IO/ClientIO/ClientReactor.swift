import Glibc
import Reactor

/// What a wait has found beside what the peer has sent.
public struct ClientReadiness: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8

  /// Makes a set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A signal has come: ask `nextSignal`.
  public static let signal = ClientReadiness(rawValue: 1)
  /// The watched input can be read.
  public static let input = ClientReadiness(rawValue: 2)
}

/// A client that can watch an input beside its peer.
public protocol WatchesInput: ~Copyable {
  /// Tells when `descriptor` can be read, as `ClientReadiness.input`. False: it is an ordinary file,
  /// which can always be read.
  mutating func watchInput(_ descriptor: Int32) throws(SystemError) -> Bool

  /// Switches the watching of that input off and on again.
  mutating func setInputWatched(_ descriptor: Int32, _ isWatched: Bool) throws(SystemError)
}

/// The reactor of a client's loop: its peer, its input and its signals.
struct ClientReactor: ~Copyable {
  enum Token {
    static let peer: UInt64 = 0
    static let signals: UInt64 = 1
    static let input: UInt64 = 2
  }

  var reactor: Reactor
  let signals: SignalReader

  /// Blocks SIGINT and SIGTERM, which `wait` tells instead.
  init() throws(SystemError) {
    let signals = try SignalReader(SIGINT, SIGTERM)
    var reactor = try Reactor()
    try reactor.add(signals.number, token: Token.signals, interest: .readable)
    self.init(reactor: reactor, signals: signals)
  }

  private init(reactor: consuming Reactor, signals: consuming SignalReader) {
    self.reactor = reactor
    self.signals = signals
  }

  mutating func watchInput(_ descriptor: Int32) throws(SystemError) -> Bool {
    do throws(SystemError) {
      try reactor.add(descriptor, token: Token.input, interest: .readable)
      return true
    } catch {
      if error.code == EPERM { return false }
      throw error
    }
  }

  mutating func setInputWatched(
    _ descriptor: Int32, _ isWatched: Bool
  ) throws(SystemError) {
    try reactor.modify(descriptor, token: Token.input, interest: isWatched ? .readable : [])
  }

  /// What the last wait has found, and what is ready of the peer.
  var readiness: (client: ClientReadiness, peer: ReadyEvent?) {
    var readiness = ClientReadiness()
    var peer: ReadyEvent?
    for index in 0..<reactor.eventCount {
      let event = reactor.event(at: index)
      switch event.token {
      case Token.peer: peer = event
      case Token.signals: readiness.insert(.signal)
      default: readiness.insert(.input)
      }
    }
    return (readiness, peer)
  }
}

/// Milliseconds from now until `limit` (milliseconds of the monotonic clock), for the reactor.
func milliseconds(until limit: UInt64?) -> Int? {
  guard let limit else { return nil }
  let now = MonotonicClock.now()
  return limit <= now ? 0 : Int(clamping: limit - now)
}

import SessionLink
import Slabs

/// How long a bridge waits before it connects again, in milliseconds.
public struct RestartRule: Sendable, Equatable {
  /// The shortest time.
  public var base: LinkTime = 5_000
  /// The longest; the same as `base` for a time that never changes.
  public var cap: LinkTime = 30_000
  /// How long a connection must have lasted for the next wait to be short again.
  public var stable: LinkTime = 0

  /// From 5 to 30 seconds.
  public init() {}
}

/// The waits of one bridge: each is drawn between the base and three times the one before, so that
/// many bridges that lost the same broker do not come back at the same time.
struct RestartWaits {
  private let rule: RestartRule
  private let seed: UInt64
  private var count: UInt64 = 0
  private var latest: LinkTime

  init(_ rule: RestartRule, seed: UInt64) {
    self.rule = rule
    self.seed = seed
    latest = rule.base
  }

  /// The next wait.
  mutating func next() -> LinkTime {
    let most = min(rule.cap, latest * 3)
    guard most > rule.base else { return rule.base }
    count &+= 1
    let chance = NameHash.mix(seed | 1, count &* 0x9E37_79B9_7F4A_7C15)
    latest = rule.base + chance % (most - rule.base + 1)
    return latest
  }

  /// A connection has ended that had lasted for so long.
  mutating func noteConnection(of duration: LinkTime) {
    if duration >= rule.stable { latest = rule.base }
  }
}

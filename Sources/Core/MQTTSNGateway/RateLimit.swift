import SessionLink

/// So many a second, and no more: for what strangers can make the gateway do.
struct RateLimit: BitwiseCopyable {
  private let perSecond: UInt32
  private var left: UInt32
  private var since: LinkTime

  init(perSecond: UInt32, at now: LinkTime) {
    self.perSecond = perSecond
    left = perSecond
    since = now
  }

  /// Takes one, if there is one left in this second.
  mutating func take(at now: LinkTime) -> Bool {
    if now >= since + 1000 {
      left = perSecond
      since = now
    }
    guard left > 0 else { return false }
    left -= 1
    return true
  }
}

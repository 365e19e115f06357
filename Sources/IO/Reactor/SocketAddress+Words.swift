extension SocketAddress {
  /// The whole address as three words, for tables that know nothing of sockets.
  public var words: (first: UInt64, second: UInt64, third: UInt64) {
    let rest = UInt64(family.rawValue) << 48 | UInt64(port) << 32 | UInt64(scope)
    return (high, low, rest)
  }

  /// The address that has those words; nothing when no address has them.
  public init?(words: (first: UInt64, second: UInt64, third: UInt64)) {
    guard let family = Family(rawValue: UInt8(truncatingIfNeeded: words.third >> 48)) else {
      return nil
    }
    self.init(
      family: family, port: UInt16(truncatingIfNeeded: words.third >> 32),
      scope: UInt32(truncatingIfNeeded: words.third), high: words.first, low: words.second)
  }
}

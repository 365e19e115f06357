/// Which of a node's messages have come, when at most 64 of them are under way.
struct SequenceWindow: BitwiseCopyable {
  /// The lowest number that has not come.
  private(set) var next: UInt32 = 0
  /// Bit k: the number `next` + k has come.
  private var mask: UInt64 = 0

  /// Takes a number that has come. False: it has come before, or is not under way.
  mutating func take(_ number: UInt32) -> Bool {
    let distance = number &- next
    guard distance < 64, mask & (1 << UInt64(distance)) == 0 else { return false }
    mask |= 1 << UInt64(distance)
    while mask & 1 == 1 {
      mask >>= 1
      next &+= 1
    }
    return true
  }

  /// How many of the numbers below `sent` have not come.
  func missing(of sent: UInt32) -> Int { Int(sent &- next) - mask.nonzeroBitCount }
}

/// How long things took, in nanoseconds: counts in a fixed number of classes, each at most 1/32 wide.
struct Latencies {
  private static let steps = 32
  private static let classes = 64 * steps
  private var counts = [UInt32](repeating: 0, count: classes)
  /// How many were taken.
  private(set) var count = 0
  /// The longest.
  private(set) var longest: UInt64 = 0

  /// Takes one; allocates nothing.
  mutating func take(_ nanoseconds: UInt64) {
    counts[Self.place(of: nanoseconds)] &+= 1
    count += 1
    longest = max(longest, nanoseconds)
  }

  /// The time that `share` (0...1) of them did not exceed; 0 when there is none.
  func quantile(_ share: Double) -> UInt64 {
    let rank = Int((Double(count) * share).rounded(.up))
    var sum = 0
    for place in counts.indices {
      sum += Int(counts[place])
      if sum >= rank, sum > 0 { return min(Self.upperBound(of: place), longest) }
    }
    return longest
  }

  private static func place(of value: UInt64) -> Int {
    let shift = max(58 - value.leadingZeroBitCount, 0)
    return shift * steps + Int(value >> UInt64(shift))
  }

  private static func upperBound(of place: Int) -> UInt64 {
    let shift = max(place / steps - 1, 0)
    return UInt64(place - shift * steps) << UInt64(shift) | (UInt64(1) << UInt64(shift) - 1)
  }
}

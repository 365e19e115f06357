import Glibc
import SessionLink

/// How many times a minute something happens, averaged over 1, 5 and 15 minutes with weights that
/// fade exponentially.
struct LoadAverage {
  private static let minutes = [1.0, 5.0, 15.0]
  private var averages = [0.0, 0.0, 0.0]
  private var total: UInt64 = 0
  private var updatedAt: LinkTime

  /// Nothing has happened before `now`.
  init(at now: LinkTime) { updatedAt = now }

  /// Takes in how often it has happened since the start.
  mutating func update(total: UInt64, at now: LinkTime) {
    guard now > updatedAt else { return }
    let passed = Double(now - updatedAt) / 60_000
    let rate = Double(total &- self.total) / passed
    for index in averages.indices {
      let weight = exp(-passed / Self.minutes[index])
      averages[index] = averages[index] * weight + rate * (1 - weight)
    }
    self.total = total
    updatedAt = now
  }

  /// The average over 1, 5 or 15 minutes (0, 1, 2), with two decimals.
  func text(_ index: Int) -> String {
    let hundredths = UInt64(min(averages[index] * 100, 1e18).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}

import Glibc

/// When a message came, by the clock on the wall.
struct Moment {
  /// Seconds since 1970-01-01 00:00 UTC, and what is beyond them.
  let seconds: Int, nanoseconds: Int

  /// Now.
  init() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec)
  }

  /// The local time in a format of strftime.
  func text(_ format: String) -> String {
    var (seconds, parts) = (seconds, tm())
    localtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { room in
      guard let start = room.baseAddress else { return "" }
      let count = strftime(start, room.count, format, &parts)
      return String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// What a letter behind `@` stands for: the nanoseconds, or a conversion of strftime.
  func text(of letter: UInt8) -> String {
    letter == UInt8(ascii: "N")
      ? String.padded(nanoseconds, 9) : text("%\(Character(UnicodeScalar(letter)))")
  }

  /// As in JSON: with microseconds and the zone.
  var json: String {
    "\"\(text("%Y-%m-%dT%H:%M:%S")).\(String.padded(nanoseconds / 1000, 6))\(text("%z"))\""
  }
}

extension String {
  /// A number with zeros before it, up to that width.
  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: Swift.max(width - digits.count, 0)) + digits
  }
}

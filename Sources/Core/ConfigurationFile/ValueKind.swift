/// How the text after an option's name is read.
struct ValueKind<Value>: Sendable {
  typealias Fault = ConfigurationError.Fault

  let read: @Sendable (Substring) throws(Fault) -> Value

  init(_ read: @escaping @Sendable (Substring) throws(Fault) -> Value) { self.read = read }

  /// One word of a list; `later` are Mosquitto's other words.
  static func word(_ words: KeyValuePairs<String, Value>, later: [String] = []) -> Self
  where Value: Sendable {
    let words = words.map { (word: $0.key, value: $0.value) }
    let expected = words.map(\.word).joined(separator: ", ")
    return ValueKind { text throws(Fault) in
      if let found = words.first(where: { $0.word == text }) { return found.value }
      if later.contains(String(text)) { throw .unsupportedValue }
      throw .invalid(expected: expected)
    }
  }
}

extension ValueKind where Value == Bool {
  static var boolean: Self { .word(["true": true, "false": false, "1": true, "0": false]) }
}

extension ValueKind where Value: FixedWidthInteger & Sendable {
  static func integer(_ range: ClosedRange<Value>) -> Self {
    ValueKind { text throws(Fault) in
      guard let number = Value(text), range.contains(number) else {
        throw .invalid(expected: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }
}

extension ValueKind where Value == Int? {
  /// A number; 0 and -1 stand for no limit.
  static var limit: Self {
    ValueKind { text throws(Fault) in
      let number = try ValueKind<Int32>.integer(-1...Int32.max).read(text)
      return number > 0 ? Int(number) : nil
    }
  }
}

extension ValueKind where Value == UInt64? {
  /// A number and a unit: seconds, hours, days, weeks, months of 30 days, years.
  static var duration: Self {
    let units: [Character: UInt64] = [
      "s": 1, "h": 3600, "d": 86_400, "w": 604_800, "m": 2_592_000, "y": 31_536_000,
    ]
    return ValueKind { text throws(Fault) in
      guard let unit = text.last.flatMap({ units[$0] }), let number = UInt32(text.dropLast()) else {
        throw .invalid(expected: "a number and one of s, h, d, w, m, y")
      }
      return UInt64(number) * unit
    }
  }
}

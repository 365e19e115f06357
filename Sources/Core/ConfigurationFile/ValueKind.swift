/// How the text after an option's name is read.
struct ValueKind<Value>: Sendable {
  typealias Fault = ConfigurationError.Fault

  /// What may stand there, in few words.
  let expected: String
  let read: @Sendable (Substring) throws(Fault) -> Value
  /// A value as it would stand in a file.
  let show: @Sendable (Value) -> String

  init(
    expected: String, show: @escaping @Sendable (Value) -> String = { "\($0)" },
    _ read: @escaping @Sendable (Substring) throws(Fault) -> Value
  ) {
    self.expected = expected
    self.read = read
    self.show = show
  }

  /// One word of a list.
  static func word(_ words: KeyValuePairs<String, Value>) -> Self
  where Value: Sendable & Equatable {
    let words = words.map { (word: $0.key, value: $0.value) }
    let expected = words.map(\.word).joined(separator: ", ")
    let show: @Sendable (Value) -> String = { value in
      words.first { $0.value == value }?.word ?? ""
    }
    return ValueKind(expected: expected, show: show) { text throws(Fault) in
      if let found = words.first(where: { $0.word == text }) { return found.value }
      throw .invalid(expected: expected)
    }
  }
}

extension ValueKind where Value == Bool {
  static var boolean: Self { .word(["true": true, "false": false, "1": true, "0": false]) }
}

extension ValueKind where Value: FixedWidthInteger & Sendable {
  static func integer(_ range: ClosedRange<Value>) -> Self {
    let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
    return ValueKind(expected: expected) { text throws(Fault) in
      guard let number = Value(text), range.contains(number) else {
        throw .invalid(expected: expected)
      }
      return number
    }
  }
}

extension ValueKind where Value == Int {
  /// Octets; 0 stands for no limit where the option says so.
  static var octets: Self { .integer(0...Int.max) }

  /// Of something that always has a limit.
  static var bound: Self { .integer(1...Int(Int32.max)) }
}

extension ValueKind where Value == Int? {
  /// A number; 0 and -1 stand for no limit.
  static var limit: Self {
    let number = ValueKind<Int32>.integer(-1...Int32.max)
    return ValueKind(expected: number.expected, show: { "\($0 ?? -1)" }) { text throws(Fault) in
      let number = try number.read(text)
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
    let expected = "a number and one of s, h, d, w, m, y"
    let show: @Sendable (Value) -> String = { $0.map { "\($0)s" } ?? "never" }
    return ValueKind(expected: expected, show: show) { text throws(Fault) in
      guard let unit = text.last.flatMap({ units[$0] }), let number = UInt32(text.dropLast()) else {
        throw .invalid(expected: expected)
      }
      return UInt64(number) * unit
    }
  }
}

extension ValueKind where Value == String {
  /// Text that fits into an MQTT string together with more.
  static func text(atMost limit: Int) -> Self {
    let expected = "a text of at most \(limit) octets"
    return ValueKind(expected: expected) { text throws(Fault) in
      // [MQTT-1.5.3-2] [MQTT5-1.5.4-2]
      guard text.utf8.count <= limit, !text.utf8.contains(0) else {
        throw .invalid(expected: expected)
      }
      return String(text)
    }
  }
}

extension ValueKind where Value == ProtocolVersions {
  /// Numbers with commas or spaces between them.
  static var versions: Self {
    let words: [(word: String, version: ProtocolVersions)] = [
      ("3", .mqtt31), ("4", .mqtt311), ("5", .mqtt50),
    ]
    let expected = "3, 4, 5, or some of them"
    let show: @Sendable (Value) -> String = { versions in
      words.filter { versions.contains($0.version) }.map(\.word).joined(separator: ",")
    }
    return ValueKind(expected: expected, show: show) { text throws(Fault) in
      var versions: ProtocolVersions = []
      for part in text.utf8.split(whereSeparator: { ", \t".utf8.contains($0) }) {
        guard let found = words.first(where: { $0.word == Substring(part) }) else {
          throw .invalid(expected: expected)
        }
        versions.insert(found.version)
      }
      if versions.isEmpty { throw .invalid(expected: expected) }
      return versions
    }
  }
}

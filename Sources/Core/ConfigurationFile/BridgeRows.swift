// Options of the last `connection`.
extension Directive {
  /// An option of a bridge with a reading of its own.
  static func bridgeSpecial(
    _ name: String, _ value: String, initial: String, _ meaning: String,
    _ apply: @escaping @Sendable (inout BridgeSettings, Substring) throws(Fault) -> Void
  ) -> Directive {
    bridgeNoting(name, value, initial: initial, meaning) { bridge, text throws(Fault) in
      try apply(&bridge, text)
      return nil
    }
  }

  /// The same for a reading that may have something to warn of.
  static func bridgeNoting(
    _ name: String, _ value: String, initial: String, _ meaning: String,
    _ apply: @escaping @Sendable (inout BridgeSettings, Substring) throws(Fault) -> String?
  ) -> Directive {
    let row = OptionRow(
      name: name, place: .bridge, value: value, initial: initial, meaning: meaning, counter: nil)
    return Directive(row: row) { draft, text throws(Fault) in
      let last = draft.configuration.bridges.count - 1
      if last < 0 { throw .misplaced(after: "connection") }
      if let notice = try apply(&draft.configuration.bridges[last], text) {
        draft.configuration.notices.append(notice)
      }
    }
  }

  /// An option whose value goes to one place.
  static func bridge<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<BridgeSettings, Value> & Sendable, _ meaning: String
  ) -> Directive {
    let initial = kind.show(BridgeSettings(name: "")[keyPath: place])
    return bridgeSpecial(name, kind.expected, initial: initial, meaning) {
      bridge, text throws(Fault) in bridge[keyPath: place] = try kind.read(text)
    }
  }

  /// An option whose text is used as it is.
  static func bridgeText(
    _ name: String, _ place: any WritableKeyPath<BridgeSettings, String?> & Sendable,
    initial: String = "", _ meaning: String
  ) -> Directive {
    let kind = ValueKind<String>.text(atMost: 65_535)
    return bridgeSpecial(name, "TEXT", initial: initial, meaning) { bridge, text throws(Fault) in
      bridge[keyPath: place] = try kind.read(text)
    }
  }

  /// A number that counts as `least` with a notice when it is less.
  static func bridgeLeast<Value: FixedWidthInteger & Sendable>(
    _ name: String, _ least: Value,
    _ place: any WritableKeyPath<BridgeSettings, Value> & Sendable, _ notice: String,
    _ meaning: String
  ) -> Directive {
    let kind = ValueKind<Value>.integer(0...Value.max)
    let initial = "\(BridgeSettings(name: "")[keyPath: place])"
    let expected = ValueKind<Value>.integer(least...Value.max).expected
    return bridgeNoting(name, expected, initial: initial, meaning) { bridge, text throws(Fault) in
      let number = try kind.read(text)
      bridge[keyPath: place] = max(number, least)
      return number < least ? notice : nil
    }
  }
}

extension Directive {
  /// Storage over restarts. Values are checked, and one line in the log tells that it is not there.
  static let storage: [Directive] = [
    storing("persistence", .boolean, initial: "false"),
    storing("retained_persistence", .boolean, initial: "false"),
    path("persistence_file", initial: "mosquitto.db"),
    path("persistence_location", initial: ""),
    unused("autosave_interval", .integer(0...Int(Int32.max)), initial: "1800"),
    unused("autosave_on_changes", .boolean, initial: "false"),
  ]

  private static let meaning = "Has no effect yet: nothing is stored over restarts."

  /// An option that asks for storage when it is true.
  private static func storing(
    _ name: String, _ kind: ValueKind<Bool>, initial: String
  ) -> Directive {
    .special(name, kind.expected, initial: initial, meaning) { draft, text throws(Fault) in
      guard try kind.read(text), draft.optionOfStorage == nil else { return }
      draft.optionOfStorage = name
    }
  }

  /// An option that only shapes what `persistence` asks for.
  private static func unused<Value>(
    _ name: String, _ kind: ValueKind<Value>, initial: String
  ) -> Directive {
    .special(name, kind.expected, initial: initial, meaning) { _, text throws(Fault) in
      _ = try kind.read(text)
    }
  }

  private static func path(_ name: String, initial: String) -> Directive {
    .special(name, "PATH", initial: initial, meaning) { _, _ in }
  }
}

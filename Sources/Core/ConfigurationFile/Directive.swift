/// One option of the file: its name, what block it belongs to, and what its value does.
struct Directive: Sendable {
  typealias Fault = ConfigurationError.Fault

  let name: String
  let apply: @Sendable (inout ConfigurationDraft, Substring) throws(Fault) -> Void

  /// An option whose value goes to one place of the whole configuration.
  static func global<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<Configuration, Value> & Sendable
  ) -> Directive {
    Directive(name: name) { draft, text throws(Fault) in
      draft.configuration[keyPath: place] = try kind.read(text)
    }
  }

  /// An option of the last `listener`; before any, of the default listener.
  static func listener<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<ListenerSettings, Value> & Sendable
  ) -> Directive {
    Directive(name: name) { draft, text throws(Fault) in
      draft.currentListener[keyPath: place] = try kind.read(text)
    }
  }

  /// An option of the last `serial`.
  static func serialLine<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<SerialLineSettings, Value> & Sendable
  ) -> Directive {
    Directive(name: name) { draft, text throws(Fault) in
      guard case .serialLine = draft.block else { throw .misplaced(after: "serial") }
      let last = draft.configuration.serialLines.count - 1
      draft.configuration.serialLines[last][keyPath: place] = try kind.read(text)
    }
  }

  /// An option with a reading of its own.
  static func special(
    _ name: String,
    _ apply: @escaping @Sendable (inout ConfigurationDraft, Substring) throws(Fault) -> Void
  ) -> Directive { Directive(name: name, apply: apply) }
}

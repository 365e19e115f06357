/// One option of the file: its name, what block it belongs to, what its value does, and what people
/// are told of it.
struct Directive: Sendable {
  typealias Fault = ConfigurationError.Fault

  let row: OptionRow
  let apply: @Sendable (inout ConfigurationDraft, Substring) throws(Fault) -> Void

  var name: String { row.name }

  /// Where it is counted that an option has had to keep somebody from something.
  enum Counting {
    case nowhere
    /// Under the option's own name.
    case itself
    /// Under another option's name.
    case with(String)
    /// At another topic below `$SYS/broker/`.
    case at(String)

    func topic(_ option: String) -> String? {
      switch self {
      case .nowhere: nil
      case .itself: "limits/\(option)/hits"
      case .with(let other): "limits/\(other)/hits"
      case .at(let topic): topic
      }
    }
  }

  /// An option whose value goes to one place of the whole configuration.
  static func global<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<Configuration, Value> & Sendable, counted: Counting = .nowhere,
    _ meaning: String
  ) -> Directive {
    let row = OptionRow(
      name: name, place: .anywhere, value: kind.expected,
      initial: kind.show(Configuration()[keyPath: place]), meaning: meaning,
      counter: counted.topic(name))
    return Directive(row: row) { draft, text throws(Fault) in
      draft.configuration[keyPath: place] = try kind.read(text)
    }
  }

  /// An option of the last `listener`; before any, of the default listener, unless it
  /// `needsListener`.
  static func listener<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<ListenerSettings, Value> & Sendable, needsListener: Bool = false,
    counted: Counting = .nowhere, _ meaning: String
  ) -> Directive {
    let row = OptionRow(
      name: name, place: needsListener ? .listener : .listenerOrDefault, value: kind.expected,
      initial: kind.show(ListenerSettings(port: 0)[keyPath: place]), meaning: meaning,
      counter: counted.topic(name))
    return Directive(row: row) { draft, text throws(Fault) in
      if draft.configuration.listeners.isEmpty {
        if needsListener { throw .misplaced(after: "listener") }
        draft.optionsOfDefaultListener.append(name)
      }
      draft.currentListener[keyPath: place] = try kind.read(text)
    }
  }

  /// An option for security: of everybody or, with `per_listener_settings`, of the last `listener`.
  static func security<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<SecuritySettings, Value> & Sendable, initial: String? = nil,
    counted: Counting = .nowhere, _ meaning: String
  ) -> Directive {
    let row = OptionRow(
      name: name, place: .security, value: kind.expected,
      initial: initial ?? kind.show(SecuritySettings()[keyPath: place]), meaning: meaning,
      counter: counted.topic(name))
    return Directive(row: row) { draft, text throws(Fault) in
      draft.currentSecurity[keyPath: place] = try kind.read(text)
      draft.noteSecurityOption(name)
    }
  }

  /// A repeatable option of the last `listener` whose texts are used as they are.
  static func listenerTexts(
    _ name: String, _ expected: String,
    _ place: any WritableKeyPath<ListenerSettings, [String]> & Sendable, _ meaning: String
  ) -> Directive {
    let row = OptionRow(
      name: name, place: .listener, value: expected, initial: "", meaning: meaning, counter: nil)
    return Directive(row: row) { draft, text throws(Fault) in
      if draft.configuration.listeners.isEmpty { throw .misplaced(after: "listener") }
      draft.currentListener[keyPath: place].append(String(text))
    }
  }

  /// An option of the last `serial`.
  static func serialLine<Value>(
    _ name: String, _ kind: ValueKind<Value>,
    _ place: any WritableKeyPath<SerialLineSettings, Value> & Sendable, _ meaning: String
  ) -> Directive {
    let row = OptionRow(
      name: name, place: .serialLine, value: kind.expected,
      initial: kind.show(SerialLineSettings(path: "")[keyPath: place]), meaning: meaning,
      counter: nil)
    return Directive(row: row) { draft, text throws(Fault) in
      guard case .serialLine = draft.block else { throw .misplaced(after: "serial") }
      let last = draft.configuration.serialLines.count - 1
      draft.configuration.serialLines[last][keyPath: place] = try kind.read(text)
    }
  }

  /// An option with a reading of its own.
  static func special(
    _ name: String, _ value: String, initial: String, _ meaning: String,
    _ apply: @escaping @Sendable (inout ConfigurationDraft, Substring) throws(Fault) -> Void
  ) -> Directive {
    let row = OptionRow(
      name: name, place: .anywhere, value: value, initial: initial, meaning: meaning, counter: nil)
    return Directive(row: row, apply: apply)
  }
}

extension Directive {
  /// Mosquitto's plugins, all of which are built in.
  static let plugins: [Directive] = [
    plugin("plugin", "Of the listener before it with per_listener_settings, else of everybody."),
    plugin("global_plugin", "Of everybody."),
    plugin("auth_plugin", "Another name of plugin."),
    .special(
      "plugin_load", "a name and a PATH", initial: "",
      "The same under a name, for listeners to use."
    ) { draft, text throws(Fault) in
      let (name, path) = text.firstWord
      guard !path.isEmpty else { throw .invalid(expected: "a name and a path") }
      try draft.load(path, as: String(name))
    },
    .special(
      "plugin_use", "NAME", initial: "",
      "The listener uses the plugin of that name."
    ) { draft, text throws(Fault) in
      if draft.configuration.listeners.isEmpty { throw .misplaced(after: "listener") }
      try draft.use(String(text))
    },
    .special(
      "plugin_opt_KEY", "a text", initial: "",
      "An option of the plugin named last; `auth_opt_KEY` is the same. Dynamic security: "
        + "`config_file`, the file of its clients, groups and roles, and `password_init_file`, the "
        + "password of the first user."
    ) { _, _ throws(Fault) in throw .unknown },
  ]

  private static func plugin(_ name: String, _ scope: String) -> Directive {
    .special(
      name, "PATH", initial: "",
      "\(scope) One of Mosquitto's own plugins, by the last part of its path: mosquitto_dynamic_security.so, "
        + "mosquitto_acl_file.so, mosquitto_password_file.so, mosquitto_sparkplug_aware.so or "
        + "mosquitto_persist_sqlite.so. No file is loaded: what they do is built in."
    ) { draft, text throws(Fault) in
      if name == "global_plugin" { return try draft.loadForAll(text) }
      draft.noteSecurityOption(name)
      if draft.isPerListener { try draft.loadForListener(text) } else { try draft.loadForAll(text) }
    }
  }

  /// The option of a name, also of one that belongs to a plugin.
  static func named(_ name: String) -> Directive? {
    if let directive = byName[name] { return directive }
    for prefix in ["plugin_opt_", "auth_opt_"] where name.hasPrefix(prefix) {
      let key = String(name.dropFirst(prefix.count))
      return .special(name, "a text", initial: "", "") { draft, text throws(Fault) in
        try draft.setOption(key, String(text))
      }
    }
    return nil
  }
}

extension ConfigurationDraft {
  typealias Fault = ConfigurationError.Fault

  /// Takes in a plugin by its path, under a name perhaps, for nobody yet.
  mutating func load(_ path: Substring, as name: String? = nil) throws(Fault) {
    guard let kind = PluginSettings.Kind(path: path) else {
      throw .refused("only Mosquitto's own plugins are there, built in, and this is none of them")
    }
    guard name == nil || !configuration.plugins.contains(where: { $0.name == name }) else {
      throw .refused("another plugin has that name")
    }
    configuration.plugins.append(PluginSettings(kind: kind, name: name))
    if kind == .storage, optionOfStorage == nil { optionOfStorage = "plugin" }
  }

  /// Takes in a plugin that holds for everybody.
  mutating func loadForAll(_ path: Substring) throws(Fault) {
    try load(path)
    try use(configuration.plugins.count - 1, beside: configuration.plugins.filter(\.isForAll))
    configuration.plugins[configuration.plugins.count - 1].isForAll = true
  }

  /// Takes in a plugin that holds for the last listener.
  mutating func loadForListener(_ path: Substring) throws(Fault) {
    try load(path)
    try useByListener(configuration.plugins.count - 1)
  }

  /// Notes that the last listener uses a plugin.
  mutating func use(_ name: String) throws(Fault) {
    guard let index = configuration.plugins.firstIndex(where: { $0.name == name }) else {
      throw .refused("no plugin_load line before it says what \(name) is")
    }
    try useByListener(index)
  }

  private mutating func useByListener(_ index: Int) throws(Fault) {
    try use(index, beside: currentListener.pluginUses.map { configuration.plugins[$0] })
    currentListener.pluginUses.append(index)
  }

  private func use(_ index: Int, beside others: [PluginSettings]) throws(Fault) {
    let kind = configuration.plugins[index].kind
    if others.contains(where: { $0.kind == kind }) {
      throw .refused("\(kind.rawValue) is there already")
    }
  }

  /// Sets an option of the plugin named last.
  mutating func setOption(_ key: String, _ value: String) throws(Fault) {
    guard let kind = configuration.plugins.last?.kind else { throw .misplaced(after: "plugin") }
    guard kind.options.contains(key) else {
      let known = kind.options.joined(separator: ", ")
      throw .refused("\(kind.rawValue) takes \(known.isEmpty ? "no options" : known)")
    }
    configuration.plugins[configuration.plugins.count - 1].options[key] = value
  }
}

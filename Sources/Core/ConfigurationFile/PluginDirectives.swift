extension Directive {
  /// Mosquitto's plugins, all of which are built in.
  static let plugins: [Directive] = [
    plugin("plugin"),
    plugin("global_plugin"),
    plugin("auth_plugin"),
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
      "The listener uses the plugin of that name; all listeners must."
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

  private static func plugin(_ name: String) -> Directive {
    .special(
      name, "PATH", initial: "",
      "One of Mosquitto's own plugins, by the last part of its path: mosquitto_dynamic_security.so, "
        + "mosquitto_acl_file.so, mosquitto_password_file.so, mosquitto_sparkplug_aware.so or "
        + "mosquitto_persist_sqlite.so. No file is loaded: what they do is built in."
    ) { draft, text throws(Fault) in try draft.load(text) }
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

  /// Takes in a plugin by its path.
  mutating func load(_ path: Substring, as name: String? = nil) throws(Fault) {
    guard let kind = PluginSettings.Kind(path: path) else {
      throw .refused("only Mosquitto's own plugins are there, built in, and this is none of them")
    }
    guard !configuration.plugins.contains(where: { $0.kind == kind }) else {
      throw .refused("\(kind.rawValue) is there already")
    }
    configuration.plugins.append(PluginSettings(kind: kind, name: name))
    if kind == .storage, optionOfStorage == nil { optionOfStorage = "plugin" }
  }

  /// Notes that the last listener uses a plugin.
  mutating func use(_ name: String) throws(Fault) {
    guard let index = configuration.plugins.firstIndex(where: { $0.name == name }) else {
      throw .refused("no plugin_load line before it says what \(name) is")
    }
    configuration.plugins[index].users += 1
  }

  /// Sets an option of the plugin named last.
  mutating func setOption(_ key: String, _ value: String) throws(Fault) {
    guard let kind = configuration.plugins.last?.kind else { throw .misplaced(after: "plugin") }
    guard kind.options.contains(key) else {
      let known = kind.options.joined(separator: ", ")
      throw .refused("\(kind.rawValue) takes \(known.isEmpty ? "no options" : known)")
    }
    configuration.plugins[configuration.plugins.count - 1].options[key] = value
    if kind == .aclFile { configuration.security.aclFile = value }
    if kind == .passwordFile { configuration.security.passwordFile = value }
  }
}

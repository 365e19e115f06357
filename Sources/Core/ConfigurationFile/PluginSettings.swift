/// A plugin of Mosquitto that is named in the file: what it does is built in.
public struct PluginSettings: Sendable, Equatable {
  /// What it does.
  public enum Kind: String, Sendable, CaseIterable {
    /// Dynamic security.
    case dynamicSecurity = "mosquitto_dynamic_security"
    /// The option `acl_file`.
    case aclFile = "mosquitto_acl_file"
    /// The option `password_file`.
    case passwordFile = "mosquitto_password_file"
    /// Keeps the certificates of Sparkplug.
    case sparkplug = "mosquitto_sparkplug_aware"
    /// The option `persistence`.
    case storage = "mosquitto_persist_sqlite"

    /// The kind that a path names by its last part, whatever the system's ending for libraries is.
    init?(path: Substring) {
      let file = path.utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last
      guard let file else { return nil }
      let name = file.prefix { $0 != UInt8(ascii: ".") }
      self.init(rawValue: String(Substring(name)))
    }

    /// The names of its options.
    var options: [String] {
      switch self {
      case .dynamicSecurity: ["config_file", "password_init_file"]
      case .aclFile: ["acl_file"]
      case .passwordFile: ["password_file"]
      case .sparkplug: []
      case .storage: ["db_file", "sync", "flush_period", "page_size"]
      }
    }
  }

  /// What it does.
  public var kind: Kind
  /// The name by which listeners use it (`plugin_load`); nil for one that has none.
  public var name: String?
  /// Whether it holds for everybody; otherwise for the listeners that use it.
  var isForAll = false
  /// The values of its options, by their names.
  public internal(set) var options: [String: String] = [:]

  /// Whether all that the configuration says of it is that it is there.
  init(kind: Kind, name: String? = nil) {
    self.kind = kind
    self.name = name
  }
}

extension PluginSettings {
  /// The name that the plugin gives itself.
  public var ownName: String {
    String(kind.rawValue.dropFirst("mosquitto_".count).map { $0 == "_" ? "-" : $0 })
  }
}

/// What plugins say of who gets in, and what for.
public struct PluginEffects: Sendable, Equatable {
  var usesDynamicSecurity = false
  var aclFile: String?
  var passwordFile: String?

  /// What these say together; of several files the first counts.
  init(_ plugins: [PluginSettings] = []) {
    for plugin in plugins {
      switch plugin.kind {
      case .dynamicSecurity: usesDynamicSecurity = true
      case .aclFile: aclFile = aclFile ?? plugin.options["acl_file"]
      case .passwordFile: passwordFile = passwordFile ?? plugin.options["password_file"]
      case .sparkplug, .storage: break
      }
    }
  }
}

extension Configuration {
  /// The file of dynamic security; nil where that is not used (`plugin_opt_config_file`).
  public var securityFile: String? {
    guard securities.contains(where: \.usesDynamicSecurity) else { return nil }
    return plugin(.dynamicSecurity)?.options["config_file"]
  }

  /// The file with the password of the first user (`plugin_opt_password_init_file`).
  public var firstPasswordFile: String? {
    plugin(.dynamicSecurity)?.options["password_init_file"]
  }

  /// Whether the certificates of Sparkplug are kept.
  public var keepsSparkplugCertificates: Bool { plugin(.sparkplug) != nil }

  private func plugin(_ kind: PluginSettings.Kind) -> PluginSettings? {
    plugins.first { $0.kind == kind }
  }

  /// Why plugins cannot be as the file wants them.
  var pluginFaults: [String] {
    let files = plugins.filter { $0.kind == .dynamicSecurity }.map { $0.options["config_file"] }
    if files.contains(nil) { return ["Dynamic security needs plugin_opt_config_file."] }
    let names = Set(files.compactMap(\.self))
    return names.count < 2
      ? [] : ["Dynamic security has one file, not \(names.sorted().joined(separator: " and "))."]
  }
}

extension ConfigurationDraft {
  /// Tells what plugins mean for whom. Nodes have no listener's security: what the listeners of MQTT-SN
  /// use holds for all of them.
  func settlePlugins(_ result: inout Configuration) {
    let plugins = configuration.plugins
    let forAll = plugins.filter(\.isForAll)
    var used: Set<Int> = []
    for index in result.listeners.indices {
      let uses = result.listeners[index].pluginUses
      used.formUnion(uses)
      result.listeners[index].pluginEffects = PluginEffects(uses.map { plugins[$0] } + forAll)
    }
    let ofNodes =
      defaultListener.pluginUses
      + result.listeners.filter { $0.speech == .mqttsn }.flatMap(\.pluginUses)
    result.pluginEffects = PluginEffects(ofNodes.map { plugins[$0] } + forAll)
    for (index, plugin) in plugins.enumerated() where !used.contains(index) {
      guard let name = plugin.name else { continue }
      result.notices.append(
        "The plugin_load option has no effect: no listener uses \(name) (plugin_use).")
    }
  }
}

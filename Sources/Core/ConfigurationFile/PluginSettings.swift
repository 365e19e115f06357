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
  /// The name by which listeners use it (`plugin_load`); nil for one that all of them use.
  public var name: String?
  /// How many listeners use it by its name.
  var users = 0
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

extension Configuration {
  /// The file of dynamic security; nil where that is not used (`plugin_opt_config_file`).
  public var securityFile: String? { plugin(.dynamicSecurity)?.options["config_file"] }

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
    var faults: [String] = []
    for plugin in plugins {
      if plugin.kind == .dynamicSecurity, plugin.options["config_file"] == nil {
        faults.append("Dynamic security needs plugin_opt_config_file.")
      }
      if let name = plugin.name, plugin.users < listeners.count {
        faults.append(
          "plugin_use \(name) must stand after every listener: plugins hold for all of them.")
      }
    }
    return faults
  }
}

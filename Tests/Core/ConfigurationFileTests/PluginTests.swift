import ConfigurationFile
import Testing

/// Mosquitto's plugins, named by their paths.
@Suite struct PluginTests {
  private func read(_ text: String) throws -> Configuration {
    try Configuration(text: text, file: "a.conf")
  }

  private func fault(_ text: String) -> ConfigurationError.Fault? {
    do { _ = try read(text) } catch { return (error as? ConfigurationError)?.fault }
    return nil
  }

  @Test(arguments: [
    "plugin /usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so",
    "auth_plugin mosquitto_dynamic_security.so",
    "global_plugin C:\\x\\mosquitto_dynamic_security.dll",
  ])
  func `dynamic security is known by the last part of the path`(line: String) throws {
    let configuration = try read(line + "\nplugin_opt_config_file /x.json")
    #expect(configuration.securityFile == "/x.json" && configuration.firstPasswordFile == nil)
    #expect(configuration.contradictions.isEmpty)
    let other = try read(line + "\nauth_opt_config_file y\nauth_opt_password_init_file z")
    #expect(other.securityFile == "y" && other.firstPasswordFile == "z")
    #expect(try read("").securityFile == nil)
  }

  // effect: plugin auth_plugin global_plugin plugin_opt_KEY
  @Test func `the plugins for files are the options`() throws {
    let text = """
      plugin /x/mosquitto_acl_file.so
      plugin_opt_acl_file a
      plugin /x/mosquitto_password_file.so
      plugin_opt_password_file b
      """
    let configuration = try read(text)
    for security in configuration.securities {
      #expect(security.aclFile == "a" && security.passwordFile == "b")
    }
    #expect(try read(text + "\nacl_file c").securities.map(\.aclFile) == ["c", "c", "c"])
  }

  @Test func `the plugin for storage says that there is none`() throws {
    let configuration = try read("plugin mosquitto_persist_sqlite.so\nplugin_opt_sync full")
    #expect(configuration.notices.count == 1)
    #expect(configuration.notices.first?.hasPrefix("The plugin option has no effect") == true)
  }

  @Test func `what is no plugin of Mosquitto's is refused by its line`() {
    guard case .refused(let reason)? = fault("plugin /usr/lib/mosquitto_go_auth.so") else {
      Issue.record("it is not refused")
      return
    }
    #expect(reason.contains("none of them"))
    for text in ["plugin /", "plugin_load x /y.so", "auth_plugin /mosquitto_acl_file/x.so"] {
      guard case .refused? = fault(text) else {
        Issue.record("\(text)")
        continue
      }
    }
  }

  @Test func `an option belongs to the plugin before it`() {
    #expect(fault("plugin_opt_config_file x") == .misplaced(after: "plugin"))
    guard
      case .refused(let reason)? = fault("plugin mosquitto_dynamic_security.so\nplugin_opt_x y")
    else {
      Issue.record("it is not refused")
      return
    }
    #expect(reason.contains("config_file, password_init_file"))
  }

  @Test func `no plugin is there twice`() {
    let line = "plugin mosquitto_dynamic_security.so\n"
    let twice = ConfigurationError.Fault.refused("mosquitto_dynamic_security is there already")
    #expect(fault(line + line) == twice)
    let load = "plugin_load a mosquitto_dynamic_security.so\n"
    #expect(fault(load + "listener 1\nplugin_use a\nplugin_use a") == twice)
    #expect(fault("per_listener_settings true\nlistener 1\n" + line + line) == twice)
    #expect(fault(load + load) == .refused("another plugin has that name"))
  }

  @Test func `dynamic security needs its file, and has one`() throws {
    #expect(
      try read("plugin mosquitto_dynamic_security.so").contradictions
        == ["Dynamic security needs plugin_opt_config_file."])
    let text = """
      per_listener_settings true
      listener 1
      plugin mosquitto_dynamic_security.so
      plugin_opt_config_file a
      listener 2
      plugin mosquitto_dynamic_security.so
      plugin_opt_config_file
      """
    #expect(try read(text + " a").contradictions.isEmpty)
    #expect(
      try read(text + " b").contradictions == ["Dynamic security has one file, not a and b."])
  }

  private static let load =
    "plugin_load ds mosquitto_dynamic_security.so\nplugin_opt_config_file x\n"

  /// Whether dynamic security holds: for nodes, and for the listeners.
  private func secured(_ text: String) throws -> [Bool] {
    try read(text).securities.map(\.usesDynamicSecurity)
  }

  // effect: plugin_load plugin_use
  @Test func `a plugin that is loaded under a name holds for the listeners that use it`() throws {
    #expect(try secured(Self.load + "listener 1\nplugin_use ds") == [false, true])
    #expect(
      try secured(Self.load + "listener 1\nplugin_use ds\nlistener 2") == [false, true, false])
    #expect(
      try secured(Self.load + "listener 1\nlistener 2\nprotocol mqttsn\nplugin_use ds")
        == [true, false, true])
    #expect(fault("plugin_load ds") == .invalid(expected: "a name and a path"))
    #expect(fault(Self.load + "plugin_use ds") == .misplaced(after: "listener"))
    guard case .refused? = fault(Self.load + "listener 1\nplugin_use other") else {
      Issue.record("it is not refused")
      return
    }
  }

  @Test func `a plugin that nobody uses is told of and has no file`() throws {
    let configuration = try read(Self.load + "listener 1")
    #expect(configuration.securityFile == nil)
    #expect(
      configuration.notices == [
        "The plugin_load option has no effect: no listener uses ds (plugin_use)."
      ])
  }

  @Test func `with per_listener_settings a plugin is its listener's, and a global one everybody's`()
    throws
  {
    let text = """
      per_listener_settings true
      listener 1
      plugin mosquitto_dynamic_security.so
      plugin_opt_config_file x
      listener 2
      plugin mosquitto_acl_file.so
      plugin_opt_acl_file a
      listener 3
      """
    #expect(try secured(text) == [false, true, false, false])
    #expect(try read(text).securities.map(\.aclFile) == [nil, nil, "a", nil])
    let everywhere = text.split(separator: "\n").map { line in
      line.hasPrefix("plugin m") ? "global_\(line)" : String(line)
    }.joined(separator: "\n")
    #expect(try secured(everywhere) == [true, true, true, true])
    let before = """
      per_listener_settings true
      plugin mosquitto_dynamic_security.so
      plugin_opt_config_file x
      listener 1
      """
    #expect(try secured(before) == [true, false])
    #expect(fault("plugin mosquitto_acl_file.so\nper_listener_settings true") == .late)
  }

  @Test func `what plugins say stays when the file is read again`() throws {
    let configuration = try read(Self.load + "listener 1\nplugin_use ds\nlistener 2")
    let next = try read("listener 1\nlistener 2\nacl_file a")
    let both = configuration.rereading(next)
    #expect(both.securities.map(\.usesDynamicSecurity) == [false, true, false])
    #expect(both.securityFile == "x" && both.securities.map(\.aclFile) == ["a", "a", "a"])
    let separate = try read("per_listener_settings true\nlistener 1\nlistener 2")
    #expect(
      configuration.rereading(separate).securities.map(\.usesDynamicSecurity)
        == [false, true, false])
  }
}

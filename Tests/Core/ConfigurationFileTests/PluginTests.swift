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
    #expect(configuration.security.aclFile == "a" && configuration.security.passwordFile == "b")
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
    #expect(fault(line + line) == .refused("mosquitto_dynamic_security is there already"))
  }

  @Test func `dynamic security needs its file`() throws {
    #expect(
      try read("plugin mosquitto_dynamic_security.so").contradictions
        == ["Dynamic security needs plugin_opt_config_file."])
  }

  // effect: plugin_load plugin_use
  @Test func `a plugin that is loaded under a name holds when all listeners use it`() throws {
    let load = "plugin_load ds mosquitto_dynamic_security.so\nplugin_opt_config_file x\n"
    let one = try read(load + "listener 1\nplugin_use ds")
    #expect(one.securityFile == "x" && one.contradictions.isEmpty)
    #expect(try read(load + "listener 1").contradictions.count == 1)
    let some = try read(load + "listener 1\nplugin_use ds\nlistener 2")
    #expect(some.contradictions.count == 1)
    let all = try read(load + "listener 1\nplugin_use ds\nlistener 2\nplugin_use ds")
    #expect(all.contradictions.isEmpty)
    #expect(fault("plugin_load ds") == .invalid(expected: "a name and a path"))
    #expect(fault(load + "plugin_use ds") == .misplaced(after: "listener"))
    guard case .refused? = fault(load + "listener 1\nplugin_use other") else {
      Issue.record("it is not refused")
      return
    }
  }
}

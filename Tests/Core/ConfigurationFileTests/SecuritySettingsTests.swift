import ConfigurationFile
import Testing

/// What holds for whom of the options for security.
@Suite struct SecuritySettingsTests {
  private func securities(_ text: String) throws -> [SecuritySettings] {
    try Configuration(text: text, file: "c").securities
  }

  private func settings(_ change: (inout SecuritySettings) -> Void) -> SecuritySettings {
    var settings = SecuritySettings()
    change(&settings)
    return settings
  }

  @Test func `an option for security is everybody's`() throws {
    let all = settings {
      $0.allowsAnonymous = true
      $0.aclFile = "/a"
    }
    let text = "listener 1\nallow_anonymous true\nlistener 2\nacl_file /a"
    #expect(try securities(text) == [all, all, all])
  }

  @Test func `files of plugins are those of the listener before them`() throws {
    let text = """
      per_listener_settings true
      listener 1
      acl_file /own
      listener 2
      plugin /x/mosquitto_acl_file.so
      plugin_opt_acl_file /a
      plugin /x/mosquitto_password_file.so
      plugin_opt_password_file /p
      """
    let all = try securities(text)
    #expect(all.map(\.aclFile) == [nil, "/own", "/a"])
    #expect(all.map(\.passwordFile) == [nil, nil, "/p"])
  }

  @Test func `a listener that the file read again has not any more keeps its rules`() throws {
    let before = try Configuration(text: "acl_file /a\nlistener 1\nlistener 2", file: "c")
    let text = "per_listener_settings true\nlistener 1\nacl_file /b"
    let after = before.rereading(try Configuration(text: text, file: "c"))
    #expect(after.securities.map(\.aclFile) == [nil, "/b", "/a"])
  }

  @Test func `with per_listener_settings it is the last listener's`() throws {
    let text = """
      per_listener_settings true
      psk_file /nodes
      listener 1
      password_file /p
      allow_zero_length_clientid false
      listener 2
      acl_file /a
      auto_id_prefix x
      """
    let expected = [
      settings { $0.sharedKeyFile = "/nodes" },
      settings {
        $0.passwordFile = "/p"
        $0.allowsEmptyClientID = false
      },
      settings {
        $0.aclFile = "/a"
        $0.clientIDPrefix = "x"
      },
    ]
    #expect(try securities(text) == expected)
  }

  @Test func `what stands before any listener is the default listener's and the nodes'`() throws {
    let text = "per_listener_settings true\nport 1\nacl_file /a\nlistener 2"
    let own = settings { $0.aclFile = "/a" }
    #expect(try securities(text) == [own, own, SecuritySettings()])
  }

  @Test func `without any listener it is everybody's`() throws {
    let text = "per_listener_settings true\nacl_file /a"
    let all = settings {
      $0.allowsAnonymous = true
      $0.aclFile = "/a"
    }
    #expect(try securities(text) == [all, all, all])
    let closed = try securities("per_listener_settings true\nallow_anonymous false")
    #expect(closed.allSatisfy { !$0.allowsAnonymous })
  }

  @Test func `a listener's own word goes before everybody's`() throws {
    let text = """
      allow_anonymous false
      listener 1
      listener_allow_anonymous true
      listener 2
      listener_auto_id_prefix x
      """
    let all = try securities(text)
    #expect(all.map(\.allowsAnonymous) == [false, true, false])
    #expect(all.map(\.clientIDPrefix) == ["auto-", "auto-", "x"])
  }

  @Test func `an option that would be nobody's is told of`() throws {
    let text = "per_listener_settings true\nacl_file /a\nlistener 1"
    let notices = try Configuration(text: text, file: "c").notices
    #expect(
      notices == ["The acl_file option has no effect: it stands before the first listener."])
    #expect(try Configuration(text: text + "\nserial x", file: "c").notices == [])
  }

  @Test func `options for security on a listener for nodes are told of`() throws {
    let text = "per_listener_settings true\nlistener 1\nprotocol mqttsn\nallow_anonymous true"
    #expect(try Configuration(text: text, file: "c").notices.count == 1)
  }

  @Test func `per_listener_settings may be said again as it is`() throws {
    let text = "per_listener_settings false\nallow_anonymous true\nper_listener_settings false"
    #expect(try securities(text).count == 3)
  }

  @Test func `secrets are those of the listener`() throws {
    let text = """
      per_listener_settings true
      listener 1
      psk_file /k
      listener 2
      psk_hint x
      """
    #expect(try Configuration(text: text, file: "c").contradictions == ["psk_hint needs psk_file."])
  }
}

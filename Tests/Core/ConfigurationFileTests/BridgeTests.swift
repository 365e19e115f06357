import ConfigurationFile
import Testing

@Suite struct BridgeTests {
  private func bridge(_ rows: String...) throws -> BridgeSettings {
    let text = (["connection a", "address h"] + rows).joined(separator: "\n")
    let configuration = try Configuration(text: text, file: "c")
    return try #require(configuration.bridges.last)
  }

  private func fault(_ text: String) -> String {
    do throws(ConfigurationError) {
      let configuration = try Configuration(text: text, file: "c")
      return configuration.contradictions.first ?? "accepted"
    } catch {
      return String(error.description.split(separator: "\n")[0])
    }
  }

  @Test(arguments: [
    ("connection", "Error: Empty connection value in configuration."),
    ("connection a\naddress x\nconnection a", "Error: Duplicate bridge name \"a\"."),
    ("address x", "Error: The address option (value x) must follow a connection option."),
    ("topic # out", "Error: The topic option (value # out) must follow a connection option."),
    (
      "bridge_psk 00", "Error: The bridge_psk option (value ...) must follow a connection option."
    ),
    (
      "connection a\ntopic #",
      "Invalid bridge configuration: no remote addresses defined (connection a)."
    ),
    (
      "connection a\naddress h",
      "Invalid bridge configuration: no topics defined (connection a)."
    ),
    (
      "connection a\naddress h\ntopic t\nconnection b\naddress g\ntopic t\nlocal_clientid local.a.HOSTNAME",
      "Invalid bridge configuration: the same local_clientid as that of connection a (connection b)."
    ),
    (
      "connection a+b\naddress h\ntopic t",
      "Invalid bridge configuration: the client identifier a+b.HOSTNAME has a wildcard, and there is "
        + "no notification_topic (connection a+b)."
    ),
    ("connection a\naddress h:99999", "Error: Invalid port value (99999)."),
    ("connection a\naddress h:0", "Error: Invalid port value (0)."),
    (
      "connection a\naddress h\naddress g",
      "Error: Invalid bridge configuration: more than one address."
    ),
  ])
  func `a bridge that cannot be is refused in Mosquitto's words`(text: String, words: String) {
    #expect(fault(text) == words)
  }

  @Test(arguments: [
    ("a sideways", "Error: Invalid bridge topic direction 'sideways'."),
    ("a out 3", "Error: Invalid bridge QoS level '3'."),
    ("a out x", "Error: Invalid bridge QoS level 'x'."),
    ("a out 0 l/# r/", "Error: Invalid bridge topic local prefix 'l/#'."),
    ("a out 0 l/ r/+", "Error: Invalid bridge topic remote prefix 'r/+'."),
    ("\"\" out 0", "Error: Invalid bridge remapping."),
    ("\"\" out 0 \"\" x", "Error: Invalid bridge remapping."),
    ("# out 0 l", "Error: Invalid bridge topic local prefix and pattern combination 'l#'."),
    ("# out 0 \"\" r", "Error: Invalid bridge topic remote prefix and pattern combination 'r#'."),
    ("a# out", "Error: Invalid bridge topic local prefix and pattern combination 'a#'."),
    (
      "a out 0 l r x",
      "Error: Invalid topic value (a out 0 l r x). Expected: PATTERN [out|in|both] [QOS] "
        + "[LOCAL-PREFIX] [REMOTE-PREFIX]."
    ),
  ])
  func `a topic that cannot be is refused in Mosquitto's words`(topic: String, words: String) {
    #expect(fault("connection a\naddress h\ntopic \(topic)") == words)
  }

  @Test(arguments: [
    ("a", BridgeTopic(pattern: "a")),
    ("a/# in", BridgeTopic(pattern: "a/#", direction: .in)),
    (
      "# both 2 l/ r/",
      BridgeTopic(
        pattern: "#", direction: .both, qos: 2, localPrefix: "l/", remotePrefix: "r/")
    ),
    (
      "a out 1 \"\" r/", BridgeTopic(pattern: "a", qos: 1, localPrefix: "", remotePrefix: "r/")
    ),
    (
      "\"\" in 0 l r",
      BridgeTopic(pattern: "", direction: .in, localPrefix: "l", remotePrefix: "r")
    ),
    ("\"a b/#\" out 1", BridgeTopic(pattern: "a b/#", qos: 1)),
  ])
  func `topics are read`(text: String, topic: BridgeTopic) throws {
    #expect(try bridge("topic \(text)").topics == [topic])
  }

  @Test(arguments: [
    ("h", [BridgeAddress(host: "h", port: 1883)]),
    ("h:1 g", [BridgeAddress(host: "h", port: 1), BridgeAddress(host: "g", port: 1883)]),
    (
      "[::1]:8 [::2]",
      [BridgeAddress(host: "::1", port: 8), BridgeAddress(host: "::2", port: 1883)]
    ),
    ("fe80::1", [BridgeAddress(host: "fe80::1", port: 1883)]),
  ])
  func `addresses are read`(text: String, addresses: [BridgeAddress]) throws {
    let configuration = try Configuration(text: "connection a\naddresses \(text)", file: "c")
    #expect(configuration.bridges[0].addresses == addresses)
  }

  @Test(
    arguments: [
      ("5", 5, 5, 0), ("10 30", 10, 30, 0), ("1 7200 60", 1, 7200, 60), ("3600", 3600, 3600, 0),
    ] as [(String, UInt32, UInt32, UInt32)])
  func `the wait before the next connection is read`(
    text: String, base: UInt32, cap: UInt32, stable: UInt32
  ) throws {
    let restart = try bridge("restart_timeout \(text)").restart
    #expect((restart.base, restart.cap, restart.stable) == (base, cap, stable))
  }

  @Test(arguments: [
    (
      "restart_timeout 10 5", "Error: backoff cap is lower than the base in restart_timeout."
    ),
    (
      "restart_timeout 3601",
      "Error: Invalid restart_timeout value (3601). Expected: one to three numbers."
    ),
    (
      "restart_timeout 1 2 3 4",
      "Error: Invalid restart_timeout value (1 2 3 4). Expected: one to three numbers."
    ),
    (
      "restart_timeout 1 x",
      "Error: Invalid restart_timeout value (1 x). Expected: one to three numbers."
    ),
    (
      "restart_timeout 1 7201",
      "Error: Invalid restart_timeout value (1 7201). Expected: one to three numbers."
    ),
    ("start_type manual", "Error: Manual start_type not supported."),
    (
      "start_type never",
      "Error: Invalid start_type value (never). Expected: automatic, lazy, once."
    ),
    (
      "bridge_psk 0", "Error: Invalid bridge_psk value (...). Expected: hexadecimal digits."
    ),
    (
      "bridge_identity i\nbridge_cafile x",
      "Error: Cannot use both certificate and psk encryption in a single bridge."
    ),
    (
      "bridge_certfile x\nbridge_psk 00",
      "Error: Cannot use both certificate and psk encryption in a single bridge."
    ),
    (
      "bridge_require_ocsp true",
      "Error: The bridge_require_ocsp option (value true) is refused: the state of certificates is "
        + "not asked for."
    ),
    (
      "bridge_tcp_keepalive 1 2",
      "Error: Invalid bridge_tcp_keepalive value (1 2). Expected: IDLE INTERVAL COUNT."
    ),
    (
      "notification_topic a/#",
      "Error: Invalid notification_topic value (a/#). Expected: a topic name."
    ),
    (
      "bridge_receive_maximum 0",
      "Error: Invalid bridge_receive_maximum value (0). Expected: a number from 1 to 65535."
    ),
    (
      "topic #\nbridge_psk 00",
      "Invalid bridge configuration: missing bridge_identity (connection a)."
    ),
    (
      "topic #\nbridge_identity i",
      "Invalid bridge configuration: missing bridge_psk (connection a)."
    ),
    (
      "topic #\nbridge_cafile x\nbridge_certfile y",
      "Invalid bridge configuration: both bridge_certfile and bridge_keyfile are needed, or neither "
        + "(connection a)."
    ),
    (
      "topic #\nbridge_tls_version tlsv1.3",
      "Invalid bridge configuration: options for TLS, but none of bridge_cafile, bridge_capath, "
        + "bridge_tls_use_os_certs and bridge_psk (connection a)."
    ),
    (
      "topic #\nremote_password p",
      "Invalid bridge configuration: remote_password without remote_username needs mqttv50 "
        + "(connection a)."
    ),
  ])
  func `an option of a bridge that cannot be is refused`(row: String, words: String) {
    #expect(fault("connection a\naddress h\n\(row)") == words)
  }

  @Test(arguments: ["password", "remote_password", "local_password", "bridge_psk"])
  func `a secret is not told to anybody`(option: String) {
    #expect(!fault("\(option) hunter2").contains("hunter2"))
    #expect(fault("\(option) hunter2").contains(option))
  }

  @Test(arguments: [
    ("keepalive_interval 4", "keepalive interval too low, using 5 seconds."),
    ("threshold 0", "threshold too low, using 1 message."),
    ("idle_timeout 0", "idle_timeout interval too low, using 1 second."),
    ("restart_timeout 0", "restart_timeout interval too low, using 1 second."),
    ("restart_timeout 0 30", "restart_timeout interval too low, using 1 second."),
  ])
  func `what is too low counts as the least, with a warning`(row: String, notice: String) throws {
    let text = "listener 1\nconnection a\naddress h\n\(row)"
    let configuration = try Configuration(text: text, file: "c")
    #expect(configuration.notices == [notice])
    let bridge = configuration.bridges[0]
    #expect(bridge.remote.keepAlive >= 5 && bridge.threshold >= 1 && bridge.idleTimeout >= 1)
    #expect(bridge.restart.base >= 1 && bridge.restart.cap >= bridge.restart.base)
  }

  @Test func `options are those of the connection before them`() throws {
    let text = """
      connection a
      address h
      topic x
      connection b
      address g
      topic y in
      clientid second
      """
    let bridges = try Configuration(text: text, file: "c").bridges
    #expect(bridges.map(\.name) == ["a", "b"])
    #expect(bridges.map(\.topics[0].pattern) == ["x", "y"])
    #expect(bridges.map(\.remote.clientID) == [nil, "second"])
  }
}

import ConfigurationFile
import Testing

@Suite struct ConfigurationTests {
  private func read(_ text: String) throws -> Configuration {
    try Configuration(text: text, file: "martlet.conf")
  }

  @Test func `without a file MQTT and MQTT-SN listen on loopback for everybody`() {
    let configuration = Configuration.withoutFile()
    #expect(
      configuration.listeners == [
        ListenerSettings(port: 1883, place: .loopback),
        ListenerSettings(port: 1884, place: .loopback, speech: .mqttsn),
      ])
    #expect(configuration.security.allowsAnonymous)
    #expect(configuration.gatewayID == 1 && configuration.logging.types == .usual)
    #expect(configuration.logging.toStandardError && configuration.logging.stampsTime)
    #expect(configuration.limits == LimitSettings())
  }

  @Test(arguments: [
    ([2883], [2883, 2884]), ([0], [0, 0]), ([1, 9], [1, 9, 2]), ([65535], [65535]),
  ])
  func `ports of the command line stand in for the default`(_ ports: [UInt16], _ opened: [UInt16]) {
    let configuration = Configuration.withoutFile(ports: ports)
    #expect(configuration.listeners.map(\.port) == opened)
    #expect(configuration.listeners.allSatisfy { $0.place == .loopback })
    #expect(configuration.listeners.map(\.speech).prefix(ports.count).allSatisfy { $0 == .mqtt })
  }

  @Test func `ports of the command line do not count beside a listener`() throws {
    let configuration = try Configuration(text: "listener 5", file: "c", ports: [2883])
    #expect(configuration.listeners == [ListenerSettings(port: 5)])
  }

  @Test(arguments: [
    ("", true), ("serial /dev/ttyS0", true), ("max_connections 5", true), ("listener 1", false),
    ("port 1", false), ("bind_address ::1", false), ("listener 1\nallow_anonymous true", true),
    ("allow_anonymous false", false),
  ])
  func `anonymous clients get in only while nothing is configured to listen`(
    _ text: String, _ allows: Bool
  ) throws { #expect(try read(text).security.allowsAnonymous == allows) }

  @Test func `a whole file`() throws {
    let configuration = try read(
      """
      # A comment.
      allow_anonymous true
      listener 1883 0.0.0.0
      max_connections 50
      listener 0
      protocol mqttsn
      listener 1885 ::1\r
      gateway_id 7

      serial /dev/serial/by-id/usb FTDI
      serial_baud 57600
      serial_framing raw
      serial_max_frame 200
      serial /dev/ttyS1
      serial_framing xbee
      serial_xbee_mode 1
      predefined_topic 1 sensors/all
      predefined_topic 1 "a b/c" node-1
      log_type error
      log_type debug
      log_dest file /var/log/martlet log
      log_timestamp false
      connection_messages false
      max_inflight_messages 5
      max_queued_messages 0
      max_packet_size 20
      max_keepalive 65535
      sys_interval 0
      persistent_client_expiration 2w
      set_tcp_nodelay false
      advertise_interval 60
      """)
    var other = Configuration()
    other.listeners = [
      ListenerSettings(port: 1883, place: .host("0.0.0.0"), maxConnections: 50),
      ListenerSettings(port: 0, speech: .mqttsn), ListenerSettings(port: 1885, place: .host("::1")),
    ]
    var first = SerialLineSettings(path: "/dev/serial/by-id/usb FTDI")
    first.baud = 57600
    first.framing = .raw
    first.maxFrame = 200
    var second = SerialLineSettings(path: "/dev/ttyS1")
    second.framing = .xbee
    second.xbeeMode = 1
    other.serialLines = [first, second]
    other.predefinedTopics = [
      PredefinedTopic(id: 1, name: "sensors/all"),
      PredefinedTopic(id: 1, name: "a b/c", clientID: "node-1"),
    ]
    other.gatewayID = 7
    other.advertiseInterval = 60
    other.logging.types = [.error, .debug]
    other.logging.toStandardError = false
    other.logging.file = "/var/log/martlet log"
    other.logging.stampsTime = false
    other.logging.showsConnections = false
    other.limits.maxInflightMessages = 5
    other.limits.maxQueuedMessages = 0
    other.limits.maxPacketSize = 20
    other.limits.maxKeepalive = 65535
    other.limits.sysInterval = 0
    other.limits.persistentClientExpiration = 1_209_600
    other.limits.setsTCPNodelay = false
    other.security.allowsAnonymous = true
    #expect(configuration == other)
  }

  @Test(arguments: [
    ("/dev/ttyUSB0", true), ("/dev/ttyACM12", true), ("/dev/ttyUSB", false), ("/dev/ttyS0", false),
    ("/dev/serial/by-id/usb-FTDI-if00-port0", false), ("/dev/martlet/ttyUSB0", false),
    ("/dev/ttyUSB0x", false),
  ])
  func `a name that the next plug may change is warned of`(path: String, isBare: Bool) throws {
    let notices = try read("serial \(path)").notices
    #expect(notices.count == (isBare ? 1 : 0))
    #expect(notices.allSatisfy { $0.contains("/dev/serial/by-id") && $0.contains(path) })
  }

  @Test func `port and bind_address open the default listener`() throws {
    let both = try read("port 5\nbind_address 10.0.0.1\nprotocol mqttsn\nlistener 6")
    #expect(
      both.listeners == [
        ListenerSettings(port: 5, place: .host("10.0.0.1"), speech: .mqttsn),
        ListenerSettings(port: 6),
      ])
    let port = try read("port 5")
    #expect(port.listeners == [ListenerSettings(port: 5)])
    let address = try read("bind_address 10.0.0.1\nport 7")
    #expect(address.listeners == [ListenerSettings(port: 7, place: .host("10.0.0.1"))])
  }

  @Test func `an option that opens nothing never opens a port to the network`() throws {
    let configuration = try read("max_connections 3\nprotocol mqtt\nserial /dev/ttyS0")
    #expect(configuration.listeners.allSatisfy { $0.place == .loopback })
    #expect(configuration.listeners.first?.maxConnections == 3)
  }

  @Test(arguments: [
    ("log_type none", LogTypes()), ("log_type all", .all),
    ("log_type none\nlog_type error", .error),
    ("log_type error\nlog_type none", LogTypes()), ("log_dest none", .usual),
  ])
  func `log types add up until none`(_ text: String, _ types: LogTypes) throws {
    #expect(try read(text).logging.types == types)
  }

  @Test func `log destinations add up until none`() throws {
    let both = try read("log_dest stdout\nlog_dest stderr").logging
    #expect(both.toStandardOutput && both.toStandardError)
    let others = try read("log_dest syslog\nlog_dest topic\nlog_facility 5").logging
    #expect(others.toSystemLog && others.toTopics && !others.toStandardError)
    #expect(others.localFacility == 5 && both.localFacility == nil)
    let none = try read("log_dest stdout\nlog_dest file x\nlog_dest syslog\nlog_dest none").logging
    #expect(!none.toStandardOutput && !none.toStandardError && none.file == nil)
    #expect(!none.toSystemLog && !none.toTopics)
  }

  @Test(arguments: [
    ("1s", 1), ("2h", 7200), ("3d", 259_200), ("1w", 604_800), ("1m", 2_592_000),
    ("1y", 31_536_000),
  ])
  func `a duration has a unit`(_ text: String, _ seconds: UInt64) throws {
    let limits = try read("persistent_client_expiration \(text)").limits
    #expect(limits.persistentClientExpiration == seconds)
  }

  @Test func `what is deprecated is said and works`() throws {
    let notices = try read("port 1\nretry_interval 4").notices
    #expect(notices.count == 2 && notices[1] == "The retry_interval option is no longer available.")
  }
}

import ConfigurationFile
import Testing

@Suite struct ConfigurationErrorTests {
  private func fault(_ text: String) -> String {
    do throws(ConfigurationError) {
      _ = try Configuration(text: text, file: "a/b.conf")
      return "accepted"
    } catch { return error.description }
  }

  @Test(arguments: [
    ("foo 1", "Unknown configuration variable \"foo\"."),
    ("\tlistener 1", "Unknown configuration variable \"\tlistener\"."),
    (" # not a comment", "Unknown configuration variable \"#\"."),
    ("Listener 1", "Unknown configuration variable \"Listener\"."),
    ("listener", "Empty listener value in configuration."),
    ("listener  ", "Empty listener value in configuration."),
    ("listener abc", "Invalid listener value (abc). Expected: a number from 0 to 65535."),
    (
      "listener 70000 ::1",
      "Invalid listener value (70000 ::1). Expected: a number from 0 to 65535."
    ),
    (
      "listener 1 /run/x",
      "Invalid listener value (1 /run/x). Expected: port 0 in front of a path."
    ),
    ("port -1", "Invalid port value (-1). Expected: a number from 0 to 65535."),
    ("protocol foo", "Invalid protocol value (foo). Expected: mqtt, mqttsn, websockets."),
    (
      "protocol http_api",
      "The protocol option (value http_api) is refused: there is no HTTP interface."
    ),
    (
      "listener 1\nenable_proxy_protocol 3",
      "Invalid enable_proxy_protocol value (3). Expected: 1, 2."
    ),
    (
      "websockets_origin x", "The websockets_origin option (value x) must follow a listener option."
    ),
    ("allow_anonymous TRUE", "Invalid allow_anonymous value (TRUE). Expected: true, false, 1, 0."),
    ("max_keepalive 1a", "Invalid max_keepalive value (1a). Expected: a number from 0 to 65535."),
    (
      "max_keepalive 65536",
      "Invalid max_keepalive value (65536). Expected: a number from 0 to 65535."
    ),
    (
      "max_packet_size 19",
      "Invalid max_packet_size value (19). Expected: a number from 20 to 268435460."
    ),
    (
      "persistent_client_expiration 1x",
      "Invalid persistent_client_expiration value (1x). Expected: a number and one of s, h, d, w, m, y."
    ),
    (
      "log_dest file",
      "Invalid log_dest value (file). Expected: stderr, stdout, file PATH, syslog, topic, none."
    ),
    (
      "log_dest file a\nlog_dest file b",
      "Invalid log_dest value (file b). Expected: one file only."
    ),
    ("log_facility 8", "Invalid log_facility value (8). Expected: a number from 0 to 7."),
    ("persistence yes", "Invalid persistence value (yes). Expected: true, false, 1, 0."),
    (
      "autosave_interval -1",
      "Invalid autosave_interval value (-1). Expected: a number from 0 to 2147483647."
    ),
    (
      "log_dest dlt",
      "The log_dest option (value dlt) is refused: DLT is not supported."
    ),
    (
      "tls_keyform engine",
      "The tls_keyform option (value engine) is refused: OpenSSL 3 has given engines up for providers."
    ),
    ("http_dir /x", "The http_dir option (value /x) is refused: no files are served over HTTP."),
    ("plugin_opt_x y", "The plugin_opt_x option (value y) must follow a plugin option."),
    (
      "allow_anonymous true\nper_listener_settings true",
      "per_listener_settings must be set before any other security settings."
    ),
    (
      "listener_allow_anonymous true",
      "The listener_allow_anonymous option (value true) must follow a listener option."
    ),
    (
      "listener 1\nmount_point a/#",
      "Invalid mount_point value (a/#). Expected: the beginning of a topic, without wildcards and without $ at its start."
    ),
    ("socket_domain ipv5", "Invalid socket_domain value (ipv5). Expected: ipv4, ipv6."),
    ("tls_keyform der", "Invalid tls_keyform value (der). Expected: pem."),
    ("serial_baud 9600", "The serial_baud option (value 9600) must follow a serial option."),
    (
      "serial x\nlistener 1\nserial_baud 9",
      "The serial_baud option (value 9) must follow a serial option."
    ),
    (
      "serial x\nserial_framing slip",
      "Invalid serial_framing value (slip). Expected: hdlc, raw, xbee."
    ),
    (
      "serial x\nserial_xbee_mode 3",
      "Invalid serial_xbee_mode value (3). Expected: a number from 1 to 2."
    ),
    ("gateway_id 0", "Invalid gateway_id value (0). Expected: a number from 1 to 255."),
    (
      "predefined_topic 65535 a",
      "Invalid predefined_topic value (65535 a). Expected: a number from 1 to 65534."
    ),
    (
      "predefined_topic 1 a/+",
      "Invalid predefined_topic value (1 a/+). Expected: ID NAME [CLIENTID], the name without wildcards."
    ),
    (
      "predefined_topic 1 a/+\u{301}",
      "Invalid predefined_topic value (1 a/+\u{301}). Expected: ID NAME [CLIENTID], the name without wildcards."
    ),
    (
      "predefined_topic 1",
      "Invalid predefined_topic value (1). Expected: ID NAME [CLIENTID], the name without wildcards."
    ),
    (
      "predefined_topic 1 a\npredefined_topic 1 b",
      "Invalid predefined_topic value (1 b). Expected: a topic id that is not taken yet."
    ),
  ])
  func `an error names what is wrong`(_ text: String, _ reason: String) {
    let line = text.split(separator: "\n").count
    #expect(fault(text) == "Error: \(reason)\nError found at a/b.conf:\(line).")
  }

  @Test func `comments and empty lines count`() {
    #expect(fault("# one\r\n\n   \nfoo").hasSuffix("Error found at a/b.conf:4."))
  }

  @Test func `random bytes are refused or accepted, and never more`() {
    var random = SystemRandomNumberGenerator()
    let words = [
      "listener ", "log_dest ", "predefined_topic 1 ", "serial ", "\"", "\r\n", " ", "#",
    ]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        let byte = UInt8.random(in: 0...255, using: &random)
        text +=
          Bool.random(using: &random)
          ? words[Int(byte) % words.count] : String(decoding: [byte], as: UTF8.self)
      }
      let answer = fault(text)
      #expect(answer == "accepted" || answer.contains("Error found at a/b.conf:"), "\(text)")
    }
  }
}

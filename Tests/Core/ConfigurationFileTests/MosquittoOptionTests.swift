import ConfigurationFile
import Glibc
import Testing

/// Every option that Mosquitto 2.0 and 2.1 have.
private let names = """
  acl_file allow_anonymous allow_duplicate_messages allow_zero_length_clientid auth_plugin plugin
  global_plugin plugin_load plugin_use auth_plugin_deny_special_chars auto_id_prefix
  autosave_interval autosave_on_changes check_retain_source clientid_prefixes connection_messages
  enable_control_api global_max_clients global_max_connections include_dir log_dest log_facility
  log_timestamp log_timestamp_format log_type max_inflight_bytes max_inflight_messages max_keepalive
  max_packet_size max_queued_bytes max_queued_messages memory_limit message_size_limit password_file
  per_listener_settings persistence retained_persistence persistence_file persistence_location
  persistent_client_expiration pid_file psk_file queue_qos0_messages retain_available
  retain_expiry_interval retry_interval set_tcp_nodelay sys_interval upgrade_outgoing_qos user
  websockets_headers_size packet_buffer_size websockets_log_level

  listener port bind_address bind_interface protocol accept_protocol_versions
  listener_allow_anonymous listener_auto_id_prefix enable_proxy_protocol
  proxy_protocol_v2_require_tls http_dir max_connections max_qos maximum_qos max_topic_alias
  max_topic_alias_broker mount_point socket_domain use_username_as_clientid websockets_origin cafile
  capath certfile keyfile ciphers ciphers_tls1.3 crlfile dhparamfile require_certificate
  disable_client_cert_date_checks use_identity_as_username use_subject_as_username tls_version
  tls_engine tls_engine_kpass_sha1 tls_keyform psk_hint

  connection address addresses topic bridge_attempt_unsubscribe bridge_bind_address
  bridge_max_packet_size bridge_max_topic_alias bridge_outgoing_retain bridge_protocol_version
  bridge_receive_maximum bridge_session_expiry_interval bridge_reload_type bridge_tcp_keepalive
  bridge_tcp_user_timeout cleansession local_cleansession idle_timeout keepalive_interval
  local_clientid local_username local_password remote_clientid clientid remote_username username
  remote_password password notifications notifications_local_only notification_topic restart_timeout
  round_robin start_type threshold try_private bridge_cafile bridge_capath bridge_tls_use_os_certs
  bridge_certfile bridge_keyfile bridge_identity bridge_psk bridge_insecure bridge_alpn
  bridge_require_ocsp bridge_tls_version bridge_ciphers bridge_ciphers_tls1.3
  """.split(whereSeparator: \.isWhitespace).map(String.init)

@Suite struct MosquittoOptionTests {
  @Test(arguments: names)
  func `an option of Mosquitto is taken or refused by name`(_ name: String) {
    let isTaken = Configuration.options.contains { $0.name == name }
    let isRefused = Configuration.refusedOptions.contains { $0.name == name && $0.value == nil }
    #expect(isTaken != isRefused)
  }

  @Test func `the page about Mosquitto lists what is refused`() throws {
    let page = try #require(text(of: "docs/MosquittoCompatibility.md"))
    let rows = page.split(separator: "\n").drop { $0 != "## Refused options" }.dropFirst()
      .prefix { !$0.hasPrefix("##") }.filter { $0.hasPrefix("| `") }
    let refused = Configuration.refusedOptions.map { option in
      let line = [option.name, option.value].compactMap(\.self).joined(separator: " ")
      return "| `\(line)` | \(option.reason). |"
    }
    #expect(rows.map(String.init) == refused)
  }

  private func text(of path: String) -> String? {
    let root = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
    guard let file = fopen("\(root)/\(path)", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }
}

extension Directive {
  /// Whether Mosquitto knows the option: naming it is then no mistake, but it is not supported yet.
  static func isKnownElsewhere(_ option: String) -> Bool {
    unsupported.contains(option)
  }

  private static let unsupported: Set<String> = Set(
    [generalNames, bridgeNames].joined(separator: " ").split(
      whereSeparator: \.isWhitespace
    )
    .map(String.init))

  private static let generalNames = """
    """

  private static let bridgeNames = """
    connection address addresses topic bridge_attempt_unsubscribe bridge_bind_address
    bridge_max_packet_size bridge_max_topic_alias bridge_outgoing_retain bridge_protocol_version
    bridge_receive_maximum bridge_session_expiry_interval bridge_reload_type bridge_tcp_keepalive
    bridge_tcp_user_timeout cleansession local_cleansession idle_timeout keepalive_interval
    local_clientid local_username local_password remote_clientid clientid remote_username username
    remote_password password notifications notifications_local_only notification_topic
    restart_timeout round_robin start_type threshold try_private bridge_cafile bridge_capath
    bridge_tls_use_os_certs bridge_certfile bridge_keyfile bridge_identity bridge_psk
    bridge_insecure bridge_alpn bridge_tls_version bridge_ciphers
    bridge_ciphers_tls1.3
    """
}

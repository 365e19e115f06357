extension Directive {
  /// Whether Mosquitto knows the option: naming it is then no mistake, but it is not supported yet.
  static func isKnownElsewhere(_ option: String) -> Bool {
    unsupported.contains(option) || option.hasPrefix("plugin_opt_")
      || option.hasPrefix("auth_opt_")
  }

  private static let unsupported: Set<String> = Set(
    [generalNames, listenerNames].joined(separator: " ").split(
      whereSeparator: \.isWhitespace
    )
    .map(String.init))

  private static let generalNames = """
    auth_plugin plugin global_plugin plugin_load plugin_use auth_plugin_deny_special_chars
    check_retain_source clientid_prefixes enable_control_api
    log_facility per_listener_settings user
    """

  private static let listenerNames = """
    bind_interface listener_allow_anonymous listener_auto_id_prefix
    mount_point socket_domain use_username_as_clientid
    tls_keyform
    """
}

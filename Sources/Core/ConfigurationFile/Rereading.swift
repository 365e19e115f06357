extension OptionRow {
  /// Whether the option counts when the file is read again (SIGHUP); otherwise when the daemon starts.
  public var isReadAgain: Bool {
    !Self.namesAtStart.contains(name) && !name.hasPrefix("plugin_opt_")
      && !name.hasPrefix("auth_opt_")
  }

  private static let namesAtStart = Set(
    [places, transports, tls, plugins, nodes].joined(separator: " ").split(
      whereSeparator: \.isWhitespace
    )
    .map(String.init))

  private static let places = """
    user pid_file listener port bind_address socket_domain bind_interface protocol mount_point
    max_connections max_qos maximum_qos max_topic_alias max_topic_alias_broker
    listener_allow_anonymous listener_auto_id_prefix use_username_as_clientid
    """

  private static let transports =
    "websockets_origin enable_proxy_protocol proxy_protocol_v2_require_tls"

  private static let tls = "tls_version tls_keyform psk_hint"

  private static let plugins =
    "plugin global_plugin auth_plugin plugin_load plugin_use"

  private static let nodes = """
    multicast_group multicast_hops gateway_id advertise_interval forwarders
    publish_without_connection predefined_topic node allow_unlisted_nodes max_nodes
    max_node_topics node_inflight_messages node_queue_messages node_queue_policy
    node_retry_interval node_retry_limit serial serial_baud serial_framing serial_xbee_mode
    serial_max_frame
    """
}

extension Configuration {
  /// What holds when the file says `next` while the daemon runs with this: `next`, but for what counts
  /// only when it starts. A listener that `next` does not name stays as it is.
  public func rereading(_ next: Configuration) -> Configuration {
    var result = next
    result.user = user
    result.pidFile = pidFile
    result.plugins = plugins
    result.pluginEffects = pluginEffects
    result.serialLines = serialLines
    result.predefinedTopics = predefinedTopics
    result.nodes = nodes
    result.gateway = gateway
    result.gatewayID = gatewayID
    result.advertiseInterval = advertiseInterval
    var rest = next.listeners
    result.listeners = listeners.map { listener in
      guard let index = rest.firstIndex(where: listener.isOpened(by:)) else {
        // It goes on with what has held for it, everybody's or its own.
        var kept = listener
        kept.security = security(of: listener)
        return kept
      }
      return listener.rereading(rest.remove(at: index))
    }
    return result
  }
}

extension ListenerSettings {
  /// Whether both are the same line of the file.
  fileprivate func isOpened(by other: ListenerSettings) -> Bool {
    port == other.port && place == other.place && speech == other.speech
  }

  fileprivate func rereading(_ next: ListenerSettings) -> ListenerSettings {
    var result = self
    result.versions = next.versions
    result.security = next.security
    result.tls = next.tls
    result.tls.leastVersion = tls.leastVersion
    result.tls.sharedKeyHint = tls.sharedKeyHint
    return result
  }
}

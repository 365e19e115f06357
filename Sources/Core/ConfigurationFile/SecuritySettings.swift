/// Who gets in, and what for: of the whole broker, or of one listener.
public struct SecuritySettings: Sendable, Equatable {
  /// Whether clients without a user name get in (`allow_anonymous`).
  public var allowsAnonymous = false
  /// Whether a client may leave the choice of its identifier to the broker
  /// (`allow_zero_length_clientid`).
  public var allowsEmptyClientID = true
  /// What such an identifier begins with (`auto_id_prefix`).
  public var clientIDPrefix = "auto-"
  /// The file with users and the hashes of their passwords; nil for none (`password_file`).
  public var passwordFile: String?
  /// The file that says who may publish and get what; nil where everybody may (`acl_file`).
  public var aclFile: String?
  /// The file with identities and secrets of TLS; nil for none (`psk_file`).
  public var sharedKeyFile: String?

  /// Whether dynamic security holds, too (`plugin`).
  public private(set) var usesDynamicSecurity = false

  /// Only clients with a user name, of whom nobody knows any.
  public init() {}

  /// The same with what plugins say; their files count where there are none of its own.
  fileprivate func adding(_ plugins: PluginEffects) -> SecuritySettings {
    var own = self
    own.aclFile = own.aclFile ?? plugins.aclFile
    own.passwordFile = own.passwordFile ?? plugins.passwordFile
    own.usesDynamicSecurity = plugins.usesDynamicSecurity
    return own
  }
}

extension Configuration {
  /// What holds for a listener's clients.
  public func security(of listener: ListenerSettings) -> SecuritySettings {
    var own = security
    if isPerListener { own = listener.security ?? SecuritySettings() }
    own = own.adding(listener.pluginEffects)
    own.allowsAnonymous = listener.allowsAnonymous ?? own.allowsAnonymous
    own.clientIDPrefix = listener.clientIDPrefix ?? own.clientIDPrefix
    return own
  }

  /// What holds for everybody without a listener of its own, then what holds for each listener's
  /// clients.
  public var securities: [SecuritySettings] {
    [security.adding(pluginEffects)] + listeners.map(security(of:))
  }
}

extension ConfigurationDraft {
  /// Gives everybody without a listener, and every listener that named none, settings of their own.
  private func separateSecurity(_ result: inout Configuration) {
    result.security = defaultListener.security ?? SecuritySettings()
    for index in result.listeners.indices where result.listeners[index].security == nil {
      result.listeners[index].security = SecuritySettings()
    }
  }

  /// What an option for security changes: the whole broker's settings or, with
  /// `per_listener_settings`, those of the last listener.
  var currentSecurity: SecuritySettings {
    get {
      isPerListener ? currentListener.security ?? SecuritySettings() : configuration.security
    }
    set {
      if isPerListener {
        currentListener.security = newValue
      } else {
        configuration.security = newValue
      }
    }
  }

  /// Tells what holds for whom.
  ///
  /// With `per_listener_settings` the options before any listener are those of the default listener,
  /// and of everybody who comes through none: nodes.
  func settleSecurity(_ result: inout Configuration, isLocalOnly: Bool) {
    if isPerListener { separateSecurity(&result) }
    result.isPerListener = isPerListener && !isLocalOnly
    settlePlugins(&result)
    if isLocalOnly, !securityOptions.contains("allow_anonymous") {
      result.security.allowsAnonymous = true
    }
  }
}

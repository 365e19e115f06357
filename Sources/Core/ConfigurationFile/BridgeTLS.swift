/// The TLS of one bridge, in the words of the file. Paths name files in PEM.
public struct BridgeTLS: Sendable, Equatable {
  /// Authorities of the remote broker's certificate (`bridge_cafile`).
  public var authorityFile: String?
  /// The same in a folder (`bridge_capath`).
  public var authorityFolder: String?
  /// Whether the system's authorities are good ones (`bridge_tls_use_os_certs`).
  public var trustsSystem = false
  /// The bridge's own certificate (`bridge_certfile`).
  public var certificateFile: String?
  /// Its key (`bridge_keyfile`).
  public var keyFile: String?
  /// The identity of the secret that both sides have (`bridge_identity`).
  public var identity: String?
  /// The secret (`bridge_psk`).
  public var secret: [UInt8]?
  /// Whether the certificate may be that of any host (`bridge_insecure`).
  public var isInsecure = false
  /// The protocol inside TLS that is proposed (`bridge_alpn`).
  public var protocolName: String?
  /// The lowest version (`bridge_tls_version`).
  public var leastVersion = ListenerTLS.Version.tls12
  /// Cipher suites up to TLS 1.2 (`bridge_ciphers`).
  public var ciphers: String?
  /// Cipher suites of TLS 1.3 (`bridge_ciphers_tls1.3`).
  public var ciphersuites: String?

  /// No TLS.
  public init() {}

  /// Whether TLS is spoken.
  public var isSpoken: Bool { usesCertificates || secret != nil }

  /// Whether the remote broker is known by its certificate.
  private var usesCertificates: Bool {
    authorityFile != nil || authorityFolder != nil || trustsSystem
  }

  /// Whether there are secrets beside certificates.
  var isMixed: Bool {
    (secret != nil || identity != nil)
      && (usesCertificates || certificateFile != nil || keyFile != nil)
  }

  /// Why it cannot be spoken as it stands there.
  var contradiction: String? {
    if secret != nil, identity == nil { return "missing bridge_identity" }
    if identity != nil, secret == nil { return "missing bridge_psk" }
    if (certificateFile == nil) != (keyFile == nil) {
      return "both bridge_certfile and bridge_keyfile are needed, or neither"
    }
    if !isSpoken, self != BridgeTLS() {
      return "options for TLS, but none of bridge_cafile, bridge_capath, bridge_tls_use_os_certs "
        + "and bridge_psk"
    }
    return nil
  }
}

extension BridgeSettings {
  /// Why the bridge cannot be as it stands there.
  var contradiction: String? {
    if addresses.isEmpty { return "no remote addresses defined" }
    if topics.isEmpty { return "no topics defined" }
    if remote.password != nil, remote.userName == nil, remote.version != .mqtt50 {
      return "remote_password without remote_username needs mqttv50"
    }
    if local.password != nil, local.userName == nil {
      return "local_password without local_username"
    }
    if notifications.areSent, notifications.topic == nil, !mayBeLevel(remoteName) {
      return
        "the client identifier \(remoteName) has a wildcard, and there is no notification_topic"
    }
    return tls.contradiction
  }

  /// Whether a text may stand in a topic name.
  private func mayBeLevel(_ text: String) -> Bool {
    !text.utf8.contains(UInt8(ascii: "+")) && !text.utf8.contains(UInt8(ascii: "#"))
  }

  /// The Client Identifier at the remote broker, as far as it is known without the machine's name.
  private var remoteName: String { remote.clientID ?? "\(name).HOSTNAME" }

  /// The same for the own broker.
  var localName: String { local.clientID ?? "local.\(remoteName)" }
}

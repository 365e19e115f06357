/// The TLS of one listener, in the words of the file. Paths name files in PEM.
public struct ListenerTLS: Sendable, Equatable {
  /// Versions that may be the lowest.
  public enum Version: Sendable, Equatable {
    /// `tlsv1.2`
    case tls12
    /// `tlsv1.3`
    case tls13
  }

  /// The certificate (`certfile`); TLS is spoken where there is one.
  public var certificateFile: String?
  /// Its key (`keyfile`).
  public var keyFile: String?
  /// Authorities of the clients' certificates (`cafile`).
  public var authorityFile: String?
  /// The same in a folder (`capath`).
  public var authorityFolder: String?
  /// Certificates that were taken back (`crlfile`).
  public var revocationFile: String?
  /// Cipher suites up to TLS 1.2 (`ciphers`).
  public var ciphers: String?
  /// Cipher suites of TLS 1.3 (`ciphers_tls1.3`).
  public var ciphersuites: String?
  /// Parameters for Diffie-Hellman (`dhparamfile`).
  public var parameterFile: String?
  /// The lowest version (`tls_version`).
  public var leastVersion = Version.tls12
  /// Whether clients must show a certificate (`require_certificate`).
  public var requiresCertificate = false
  /// Whether clients' certificates may be out of their time (`disable_client_cert_date_checks`).
  public var ignoresDates = false
  /// Whether the common name, or the identity of a secret, is the user name
  /// (`use_identity_as_username`).
  public var usesIdentity = false
  /// Whether the subject of the certificate is the user name (`use_subject_as_username`).
  public var usesSubject = false
  /// What tells clients which identity is meant; where there is one, secrets take the place of
  /// certificates (`psk_hint`).
  public var sharedKeyHint: String?

  /// Whether TLS is spoken.
  public var isSpoken: Bool { certificateFile != nil || sharedKeyHint != nil }

  /// Why it cannot be spoken as it stands there.
  var contradiction: String? {
    if (certificateFile == nil) != (keyFile == nil) { return "needs both certfile and keyfile" }
    if certificateFile != nil, sharedKeyHint != nil {
      return "cannot have both psk_hint and certfile"
    }
    if !isSpoken {
      return self == ListenerTLS() ? nil : "has options for TLS, but neither certfile nor psk_hint"
    }
    if needsAuthority, authorityFile == nil, authorityFolder == nil {
      return "needs cafile or capath to know good certificates of clients"
    }
    return nil
  }

  /// Whether certificates of clients are looked at.
  private var needsAuthority: Bool {
    sharedKeyHint == nil
      && (requiresCertificate || usesIdentity || usesSubject || revocationFile != nil)
  }
}

extension ListenerSettings {
  /// Why the listener cannot be opened as it stands there.
  var contradiction: String? {
    if tls.isSpoken, transport.proxyVersion != 0 {
      return "cannot have both certfile and enable_proxy_protocol: the proxy speaks TLS"
    }
    if tls != ListenerTLS(), speech == .mqttsn {
      return "has options for TLS, which MQTT-SN has not"
    }
    return tls.contradiction
  }
}

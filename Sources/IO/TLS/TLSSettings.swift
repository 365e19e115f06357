/// What a side of TLS shows, and what it asks of the other side. Paths name files in PEM.
public struct TLSSettings: Sendable {
  /// The lowest version that is spoken.
  public enum Version: Sendable, Equatable {
    /// TLS 1.2
    case tls12
    /// TLS 1.3
    case tls13
  }

  /// The certificate and those that lead to an authority.
  public var certificateFile: String?
  /// The certificate's private key.
  public var keyFile: String?
  /// Certificates of the authorities that the other side's is to be from.
  public var authorityFile: String?
  /// A folder of them, with the names that `openssl rehash` gives.
  public var authorityFolder: String?
  /// Certificates that were taken back.
  public var revocationFile: String?
  /// The cipher suites up to TLS 1.2, in OpenSSL's words; nil for OpenSSL's choice.
  public var ciphers: String?
  /// The cipher suites of TLS 1.3.
  public var ciphersuites: String?
  /// Parameters for Diffie-Hellman.
  public var parameterFile: String?
  /// The lowest version that is spoken.
  public var leastVersion = Version.tls12
  /// Whether the other side must show a certificate.
  public var requiresCertificate = false
  /// Whether a certificate of the other side may be out of its time.
  public var ignoresDates = false
  /// Secrets that both sides have, by identity in UTF-8; where there are any, no certificates are used.
  public var sharedKeys: [[UInt8]: [UInt8]]?
  /// What clients are told about which identity is meant.
  public var hint: String?
  /// The identity of the secret that this side has, and the secret; for the connecting side.
  public var ownSharedKey: (identity: String, key: [UInt8])?
  /// Whether the authorities of the system are good ones; for the connecting side.
  public var trustsSystem = false
  /// Whether it is looked at the certificate of the other side; for the connecting side.
  public var verifiesPeer = true
  /// Whether that must be the certificate of the host that is connected to; for the connecting side.
  public var verifiesHost = true
  /// The name of the protocol inside TLS that is proposed; for the connecting side.
  public var protocolName: String?

  /// The file that gets the secrets of all sessions, for programs that look into recorded traffic.
  public var keyLogFile: String?

  /// OpenSSL's defaults, nothing shown.
  public init() {}
}

extension TLSSettings {
  /// Whether secrets take the place of certificates.
  var usesSecrets: Bool { sharedKeys != nil || ownSharedKey != nil }
}

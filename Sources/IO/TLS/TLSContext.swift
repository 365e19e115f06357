import COpenSSL
import Reactor

/// What the sessions of a listener have in common: certificates, keys, rules. New files make a new
/// context; sessions keep the one that they began with.
public final class TLSContext {
  let handle: OpaquePointer
  private let certificateFile: String?
  /// Whether the other side's certificate must be that of the host that is connected to.
  let verifiesHost: Bool

  /// What both sides need.
  private init(_ method: OpaquePointer?, _ settings: TLSSettings) throws(SystemError) {
    ERR_clear_error()
    guard let handle = SSL_CTX_new(method) else { throw .tls("use OpenSSL") }
    self.handle = handle
    certificateFile = settings.certificateFile
    verifiesHost = settings.verifiesHost
    openssl_harden(handle)
    try setVersions(settings)
    try setCiphers(settings)
    if let path = settings.keyLogFile { try logKeys(to: path) }
  }

  /// The listening side; reads the files that `settings` names.
  public convenience init(server settings: TLSSettings) throws(SystemError) {
    try self.init(TLS_server_method(), settings)
    openssl_refuse_resumption(handle)
    if let keys = settings.sharedKeys {
      try share(keys, hint: settings.hint)
    } else {
      try show(settings)
      try setParameters(settings)
      try trust(settings)
      askForCertificate(settings)
    }
  }

  /// The connecting side; reads the files that `settings` names.
  public convenience init(client settings: TLSSettings) throws(SystemError) {
    try self.init(TLS_client_method(), settings)
    try propose(settings)
    if let own = settings.ownSharedKey {
      try share(own.identity, own.key)
    } else {
      try show(settings)
      try verify(settings)
    }
  }

  /// Looks at the certificate of the listening side.
  private func verify(_ settings: TLSSettings) throws(SystemError) {
    try trust(settings)
    if settings.trustsSystem, SSL_CTX_set_default_verify_paths(handle) != 1 {
      throw .tls("load the system's certificates")
    }
    SSL_CTX_set_verify(handle, settings.verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
  }

  private func propose(_ settings: TLSSettings) throws(SystemError) {
    guard let name = settings.protocolName else { return }
    let list = [UInt8(clamping: name.utf8.count)] + Array(name.utf8)
    guard list.count <= 256, SSL_CTX_set_alpn_protos(handle, list, UInt32(list.count)) == 0 else {
      throw .tls("propose the protocol \(name)")
    }
  }

  deinit { SSL_CTX_free(handle) }

  /// Why the certificate that is shown is none that others take now; nil while it is one, or none is shown.
  public var certificateFault: String? {
    guard let certificateFile, let certificate = SSL_CTX_get0_certificate(handle) else {
      return nil
    }
    if X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 {
      return "certificate \"\(certificateFile)\" has expired"
    }
    let isBegun = X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0
    return isBegun ? nil : "certificate \"\(certificateFile)\" is not valid yet"
  }

  private func setVersions(_ settings: TLSSettings) throws(SystemError) {
    let least = settings.leastVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
    // An identity that nobody knows must not get in by TLS 1.3, which would go on without it.
    let most = settings.usesSecrets ? TLS1_2_VERSION : TLS1_3_VERSION
    guard openssl_set_versions(handle, least, most) != 0 else { throw .tls("set the TLS version") }
  }

  private func setCiphers(_ settings: TLSSettings) throws(SystemError) {
    let ciphers = settings.ciphers ?? (settings.usesSecrets ? "PSK" : nil)
    if let ciphers, SSL_CTX_set_cipher_list(handle, ciphers) != 1 {
      throw .tls("use the ciphers \(ciphers)")
    }
    if let suites = settings.ciphersuites, SSL_CTX_set_ciphersuites(handle, suites) != 1 {
      throw .tls("use the ciphers of TLS 1.3 \(suites)")
    }
  }

  private func show(_ settings: TLSSettings) throws(SystemError) {
    guard let certificate = settings.certificateFile, let key = settings.keyFile else { return }
    guard SSL_CTX_use_certificate_chain_file(handle, certificate) == 1 else {
      throw .tls("load certificate \"\(certificate)\"")
    }
    guard SSL_CTX_use_PrivateKey_file(handle, key, SSL_FILETYPE_PEM) == 1 else {
      throw .tls("load key file \"\(key)\"")
    }
    guard SSL_CTX_check_private_key(handle) == 1 else {
      throw .tls("use key \"\(key)\" with certificate \"\(certificate)\"")
    }
  }

  private func setParameters(_ settings: TLSSettings) throws(SystemError) {
    guard let path = settings.parameterFile else {
      _ = openssl_choose_dh(handle)
      return
    }
    guard let file = BIO_new_file(path, "r") else { throw .tls("load dhparamfile \"\(path)\"") }
    defer { BIO_free(file) }
    guard let parameters = PEM_read_bio_Parameters(file, nil) else {
      throw .tls("load dhparamfile \"\(path)\"")
    }
    guard SSL_CTX_set0_tmp_dh_pkey(handle, parameters) == 1 else {
      EVP_PKEY_free(parameters)
      throw .tls("use dhparamfile \"\(path)\"")
    }
  }

  private func trust(_ settings: TLSSettings) throws(SystemError) {
    if let file = settings.authorityFile {
      guard SSL_CTX_load_verify_file(handle, file) == 1 else {
        throw .tls("load cafile \"\(file)\"")
      }
      SSL_CTX_set_client_CA_list(handle, SSL_load_client_CA_file(file))
    }
    if let folder = settings.authorityFolder, SSL_CTX_load_verify_dir(handle, folder) != 1 {
      throw .tls("load capath \"\(folder)\"")
    }
    guard let file = settings.revocationFile else { return }
    let store = SSL_CTX_get_cert_store(handle)
    guard let lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file()),
      X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) >= 1
    else { throw .tls("load crlfile \"\(file)\"") }
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK))
  }

  private func askForCertificate(_ settings: TLSSettings) {
    if settings.ignoresDates, let rules = SSL_CTX_get0_param(handle) {
      X509_VERIFY_PARAM_set_flags(rules, UInt(X509_V_FLAG_NO_CHECK_TIME))
    }
    guard settings.requiresCertificate else { return }
    SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
  }
}

extension Directive {
  /// TLS.
  static let tls: [Directive] = [
    path("certfile", \.tls.certificateFile, "The certificate in PEM; it switches TLS on."),
    path("keyfile", \.tls.keyFile, "The key of the certificate."),
    .special("tls_keyform", "pem", initial: "pem", "The form of the key.") {
      _, text throws(Fault) in
      guard text == "pem" else { throw .invalid(expected: "pem") }
    },
    path("cafile", \.tls.authorityFile, "The authorities of clients' certificates."),
    path(
      "capath", \.tls.authorityFolder,
      "The same in a folder, by the names that openssl rehash gives."),
    path("crlfile", \.tls.revocationFile, "Certificates of clients that were taken back."),
    path("dhparamfile", \.tls.parameterFile, "Parameters for Diffie-Hellman."),
    path("ciphers", \.tls.ciphers, "The cipher suites up to TLS 1.2, in OpenSSL's words."),
    path("ciphers_tls1.3", \.tls.ciphersuites, "The cipher suites of TLS 1.3."),
    .listener(
      "tls_version", .word(["tlsv1.2": .tls12, "tlsv1.3": .tls13]), \.tls.leastVersion,
      "The lowest version of TLS."),
    .listener(
      "require_certificate", .boolean, \.tls.requiresCertificate,
      "Whether only clients get in that show a certificate of an authority in cafile or capath."),
    .listener(
      "disable_client_cert_date_checks", .boolean, \.tls.ignoresDates, needsListener: true,
      "Whether clients' certificates may be out of their time."),
    .listener(
      "use_identity_as_username", .boolean, \.tls.usesIdentity,
      "Whether the user name is the common name of the certificate, or the identity of the secret; no password is asked for then."
    ),
    .listener(
      "use_subject_as_username", .boolean, \.tls.usesSubject,
      "Whether the user name is the subject of the certificate; use_identity_as_username goes before."
    ),
    path(
      "psk_hint", \.tls.sharedKeyHint,
      "Switches TLS 1.2 with the secrets in psk_file on, and tells clients which identity is meant."
    ),
  ]

  private static func path(
    _ name: String, _ place: any WritableKeyPath<ListenerSettings, String?> & Sendable,
    _ meaning: String
  ) -> Directive {
    let kind = ValueKind<String?>(expected: "TEXT", show: { $0 ?? "" }) { String($0) }
    return .listener(name, kind, place, meaning)
  }
}

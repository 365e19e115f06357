// The network connection of a bridge, and its TLS.
extension Directive {
  static let bridgeNetworks: [Directive] = [
    .bridgeText("bridge_bind_address", \.network.bindAddress, "The own address to connect from."),
    .bridgeSpecial(
      "bridge_tcp_keepalive", "IDLE INTERVAL COUNT", initial: "",
      "TCP keep alive: seconds of silence, seconds between probes, probes without an answer."
    ) { bridge, text throws(Fault) in
      let numbers = text.split(separator: " ").map { Int32($0) ?? 0 }
      guard numbers.count == 3, (1...32767).contains(numbers[0]),
        (1...32767).contains(numbers[1]), (1...127).contains(numbers[2])
      else { throw .invalid(expected: "IDLE INTERVAL COUNT") }
      bridge.network.keepAlive = .init(
        idle: numbers[0], interval: numbers[1], count: numbers[2])
    },
    .bridge(
      "bridge_tcp_user_timeout", .integer(0...Int32.max), \.network.userTimeout,
      "Milliseconds that what was sent may stay unacknowledged by the remote machine; 0 for the "
        + "system's choice."),
  ]

  static let bridgeTLS: [Directive] = [
    .bridgeTLSText(
      "bridge_cafile", \.authorityFile,
      "The authorities of the remote broker's certificate in PEM; switches TLS on."),
    .bridgeTLSText(
      "bridge_capath", \.authorityFolder,
      "The same in a folder, by the names that openssl rehash gives; switches TLS on."),
    .bridge(
      "bridge_tls_use_os_certs", .boolean, \.tls.trustsSystem,
      "Whether the system's authorities are good ones; switches TLS on."),
    .bridgeTLSText("bridge_certfile", \.certificateFile, "The bridge's own certificate in PEM."),
    .bridgeTLSText("bridge_keyfile", \.keyFile, "The key of the certificate."),
    .bridgeTLSText("bridge_identity", \.identity, "The identity of the secret in bridge_psk."),
    .bridgeSpecial(
      "bridge_psk", "HEXADECIMAL", initial: "",
      "The secret that both sides have; switches TLS 1.2 on, without certificates."
    ) { bridge, text throws(Fault) in
      guard let secret = [UInt8](hexadecimal: text) else {
        throw .invalid(expected: "hexadecimal digits")
      }
      bridge.tls.secret = secret
      try bridge.checkSecrets()
    },
    .bridge(
      "bridge_insecure", .boolean, \.tls.isInsecure,
      "Whether the certificate may be that of another host. Anybody with a certificate can then be "
        + "the remote broker."),
    .bridgeTLSText("bridge_alpn", \.protocolName, "The protocol inside TLS that is proposed."),
    .bridge(
      "bridge_tls_version", .word(["tlsv1.2": .tls12, "tlsv1.3": .tls13]), \.tls.leastVersion,
      "The lowest version of TLS."),
    .bridgeTLSText(
      "bridge_ciphers", \.ciphers, "The cipher suites up to TLS 1.2, in OpenSSL's words."),
    .bridgeTLSText("bridge_ciphers_tls1.3", \.ciphersuites, "The cipher suites of TLS 1.3."),
  ]

  private static func bridgeTLSText(
    _ name: String, _ place: any WritableKeyPath<BridgeTLS, String?> & Sendable, _ meaning: String
  ) -> Directive {
    .bridgeSpecial(name, "TEXT", initial: "", meaning) { bridge, text throws(Fault) in
      bridge.tls[keyPath: place] = String(text)
      try bridge.checkSecrets()
    }
  }
}

extension BridgeSettings {
  fileprivate func checkSecrets() throws(ConfigurationError.Fault) {
    guard tls.isMixed else { return }
    throw .worded("Cannot use both certificate and psk encryption in a single bridge.")
  }
}

extension [UInt8] {
  /// The octets of pairs of hexadecimal digits; nil for anything else, and for none.
  fileprivate init?(hexadecimal text: Substring) {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard !digits.isEmpty, digits.count % 2 == 0, digits.count <= 512 else { return nil }
    self = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      append(UInt8(high << 4 | low))
    }
  }
}

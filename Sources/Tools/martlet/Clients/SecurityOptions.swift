import AccessFiles
import CommandKit
import Reactor
import TLS

/// The options of `pub`, `sub` and `rr` about TLS.
enum SecurityOptions {
  static let caFile = CommandOption(
    "--cafile", value: .file("FILE"),
    summary: "The authorities that the broker's certificate may be of.")
  static let caPath = CommandOption(
    "--capath", value: .file("FOLDER"), summary: "The same in a folder.",
    absence: "no directory specified")
  static let systemCertificates = CommandOption(
    "--tls-use-os-certs", summary: "The authorities of the system are good ones.")
  static let certificate = CommandOption(
    "--cert", value: .file("FILE"), summary: "The own certificate.")
  static let key = CommandOption("--key", value: .file("FILE"), summary: "Its key.")
  static let keyForm = CommandOption(
    "--keyform", value: .text("FORM"), summary: "The form of the key: pem.",
    absence: "no keyform specified")
  static let ciphers = CommandOption(
    "--ciphers", value: .text("LIST"), summary: "The cipher suites up to TLS 1.2.",
    absence: "no ciphers specified")
  static let version = CommandOption(
    "--tls-version", value: .text("VERSION"), summary: "The lowest version: tlsv1.2 or tlsv1.3.")
  static let protocolName = CommandOption(
    "--tls-alpn", value: .text("NAME"), summary: "The protocol to propose inside TLS.",
    absence: "no protocol specified")
  static let insecure = CommandOption(
    "--insecure", summary: "Whatever certificate the broker shows is good: for tests only.")
  static let secret = CommandOption(
    "--psk", value: .text("HEX"), summary: "A secret in place of certificates.",
    absence: "no key specified")
  static let identity = CommandOption(
    "--psk-identity", value: .text("NAME"), summary: "Whose secret it is.",
    absence: "no identity specified")
  static let off = CommandOption("--no-tls", summary: "No TLS, whatever else is said.")
  static let keyLog = CommandOption(
    "--tls-keylog", value: .file("FILE"),
    summary:
      "Append the secrets of TLS to FILE, so that recorded traffic can be read: for tests only."
  )
  private static let engine = CommandOption(
    "--tls-engine", value: .text("ENGINE"), summary: "Not supported: keys of OpenSSL's engines.",
    absence: "no engine_id specified")
  private static let enginePassword = CommandOption(
    "--tls-engine-kpass-sha1", value: .text("DIGEST"), summary: "Not supported either.",
    absence: "no kpass sha1 specified")

  /// The rows of the tables.
  static let rows = [
    caFile, caPath, systemCertificates, certificate, key, keyForm, ciphers, version, protocolName,
    insecure, secret, identity, off, keyLog, engine, enginePassword,
  ]

  /// Whether the options ask for TLS; `isAssumed` where URL or port do.
  static func areMet(_ arguments: Arguments, isAssumed: Bool) -> Bool {
    !arguments.has(off)
      && (isAssumed || [caFile, caPath, secret].contains { arguments.value($0) != nil }
        || arguments.has(systemCertificates))
  }

  /// What the options say.
  static func context(_ arguments: Arguments) throws(UsageError) -> TLSContext {
    var settings = TLSSettings()
    settings.authorityFile = arguments.value(caFile)
    settings.authorityFolder = arguments.value(caPath)
    settings.trustsSystem =
      arguments.has(systemCertificates)
      || (settings.authorityFile == nil && settings.authorityFolder == nil)
    settings.certificateFile = arguments.value(certificate)
    settings.keyFile = arguments.value(key)
    settings.ciphers = arguments.value(ciphers)
    settings.leastVersion = try leastVersion(arguments.value(version))
    settings.protocolName = arguments.value(protocolName)
    settings.verifiesPeer = !arguments.has(insecure)
    settings.ownSharedKey = try ownSecret(arguments)
    settings.keyLogFile = arguments.value(keyLog)
    do throws(SystemError) {
      let context = try TLSContext(client: settings)
      warn(arguments)
      return context
    } catch {
      throw UsageError("Unable to \(error).")
    }
  }

  /// Says what else can read what is encrypted.
  private static func warn(_ arguments: Arguments) {
    if let path = arguments.value(keyLog) { warn(TLSKeyLog.warning(path), arguments) }
  }

  private static func warn(_ words: String, _ arguments: Arguments) {
    if !arguments.has(ClientOptions.quiet) { StandardError.write(line: "Warning: \(words)") }
  }

  /// Says which options have no effect because nothing asks for TLS.
  static func warnWithoutTLS(_ arguments: Arguments) {
    guard !arguments.has(off) else { return }
    let idle = [certificate, key, ciphers, version, protocolName, insecure, identity, keyLog]
    guard let option = idle.first(where: arguments.has) else { return }
    warn(
      "\(option.names[0]) has no effect: nothing asks for TLS, as --cafile, --tls-use-os-certs or "
        + "--psk do.", arguments)
  }

  /// Throws where the options contradict each other, whether TLS is spoken or not.
  static func check(_ arguments: Arguments) throws(UsageError) {
    _ = try leastVersion(arguments.value(version))
    if let option = [engine, enginePassword].first(where: arguments.has) {
      throw UsageError("\(option.names[0]) is not supported: give the key as a file (--key).")
    }
    guard arguments.has(certificate) == arguments.has(key) else {
      throw UsageError(
        "Both certfile and keyfile must be provided if one of them is set (--cert, --key).")
    }
    guard !arguments.has(secret) || !(arguments.has(caFile) || arguments.has(caPath)) else {
      throw UsageError("Only one of --psk or --cafile/--capath may be used at once.")
    }
    guard arguments.has(key) || !arguments.has(keyForm) else {
      throw UsageError("If keyform is set, keyfile must be also specified (--key).")
    }
    if let form = arguments.value(keyForm), form != "pem" {
      throw UsageError("--keyform \(form) is not supported: only pem is.")
    }
  }

  private static func leastVersion(
    _ text: String?
  ) throws(UsageError) -> TLSSettings.Version {
    switch text {
    case nil, "tlsv1.2": .tls12
    case "tlsv1.3": .tls13
    case let other?: throw UsageError("--tls-version \(other) is neither tlsv1.2 nor tlsv1.3.")
    }
  }

  private static func ownSecret(
    _ arguments: Arguments
  ) throws(UsageError) -> (identity: String, key: [UInt8])? {
    guard let text = arguments.value(secret) else { return nil }
    guard let name = arguments.value(identity), (1...128).contains(name.utf8.count) else {
      throw UsageError("--psk-identity required if --psk used: 1 to 128 octets.")
    }
    guard let key = Hexadecimal.octets(of: text.utf8), (1...256).contains(key.count) else {
      throw UsageError("--psk must be pairs of hexadecimal digits.")
    }
    return (name, key)
  }
}

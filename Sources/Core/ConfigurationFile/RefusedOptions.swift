extension Directive {
  /// Why an option of Mosquitto, or this value of it, will never be supported; nil for others.
  static func refusal(of option: String, _ value: Substring) -> String? {
    switch option {
    case "tls_engine", "tls_engine_kpass_sha1": engines
    case "tls_keyform" where value == "engine": engines
    case "websockets_log_level": "it is for libwebsockets, which is not used"
    case "bridge_require_ocsp": "the state of certificates is not asked for"
    case "http_dir": "no files are served over HTTP"
    case "protocol" where value == "http_api": "there is no HTTP interface"
    case "log_dest" where value.firstWord.word == "dlt": "DLT is not supported"
    case "log_dest" where value.firstWord.word == "android": "Android is not supported"
    default: nil
    }
  }

  private static let engines = "OpenSSL 3 has given engines up for providers"
}

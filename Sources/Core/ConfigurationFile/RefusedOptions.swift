/// What Mosquitto takes and this reader never will.
public struct RefusedOption: Sendable {
  /// The option.
  public let name: String
  /// The value that is refused, by its first word; nil where every value is.
  public let value: String?
  /// Why.
  public let reason: String

  fileprivate init(_ name: String, value: String? = nil, because reason: String) {
    self.name = name
    self.value = value
    self.reason = reason
  }

  private static let engines = "OpenSSL 3 has given engines up for providers"

  fileprivate static let all = [
    RefusedOption("tls_engine", because: engines),
    RefusedOption("tls_engine_kpass_sha1", because: engines),
    RefusedOption("tls_keyform", value: "engine", because: engines),
    RefusedOption("websockets_log_level", because: "it is for libwebsockets, which is not used"),
    RefusedOption("bridge_require_ocsp", because: "the state of certificates is not asked for"),
    RefusedOption("http_dir", because: "no files are served over HTTP"),
    RefusedOption("protocol", value: "http_api", because: "there is no HTTP interface"),
    RefusedOption("log_dest", value: "dlt", because: "DLT is not supported"),
    RefusedOption("log_dest", value: "android", because: "Android is not supported"),
  ]
}

extension Configuration {
  /// What Mosquitto takes and is refused by name. Plugins that are not Mosquitto's own are refused too.
  public static var refusedOptions: [RefusedOption] { RefusedOption.all }
}

extension Directive {
  /// Why an option of Mosquitto, or this value of it, will never be supported; nil for others.
  static func refusal(of option: String, _ value: Substring) -> String? {
    let word = String(value.firstWord.word)
    return RefusedOption.all.first { $0.name == option && ($0.value ?? word) == word }?.reason
  }
}

/// The file that gets the secrets of TLS sessions (`--tls-keylog`).
enum TLSKeyLog {
  /// What whoever asks for it should know.
  static func warning(_ path: String) -> String {
    "The secrets of TLS go to \(path) (--tls-keylog): whoever reads it can read what is encrypted."
  }
}

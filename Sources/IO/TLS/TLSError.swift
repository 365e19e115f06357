import COpenSSL
import Reactor

/// OpenSSL's own words for what has failed last; forgets everything that has failed.
func takeReason() -> String {
  var reason = "unknown error"
  while true {
    let code = ERR_get_error()
    guard code != 0 else { return reason }
    if let words = ERR_reason_error_string(code) { reason = String(cString: words) }
  }
}

extension SystemError {
  /// What OpenSSL has refused.
  static func tls(_ action: String) -> SystemError {
    SystemError(action, reason: takeReason())
  }
}

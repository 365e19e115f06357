import SessionLink

/// How often the hosts were wrong within the present second, so that nobody guesses faster by
/// exchanges, which cost the broker little, than by passwords.
struct FailureLimit: Sendable {
  private static let limitOfHost = 8
  private static let hostLimit = 4096

  private var failures: [LoginHost: Int] = [:]
  private var begin: LinkTime = 0

  /// Whether a host may try once more at `now`.
  mutating func allows(_ host: LoginHost, at now: LinkTime) -> Bool {
    if now >= begin + 1000 {
      begin = now
      failures = [:]
    }
    // More hosts than that in one second are an attack by all of them.
    return failures[host, default: 0] < Self.limitOfHost && failures.count < Self.hostLimit
  }

  /// A host was wrong.
  mutating func note(_ host: LoginHost) { failures[host, default: 0] += 1 }
}

import ConfigurationFile
import Glibc
import Reactor

/// As whom a daemon runs that root has started.
struct AccountChoice {
  /// The accounts that will do, the first of them that exists.
  let names: [String]
  /// The number of the user that goes before, and that of the group.
  let user: UInt32?
  let group: UInt32?

  /// What the `user` option says; the variables PUID and PGID go before.
  init(
    option: String?, environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
  ) throws(SystemError) {
    names =
      switch option {
      case nil: ["martlet", "mosquitto", "nobody"]
      case "mosquitto"?: ["mosquitto", "nobody"]
      case let name?: [name]
      }
    user = try Self.number("PUID", environment)
    group = try Self.number("PGID", environment)
  }

  private static func number(
    _ name: String, _ environment: (String) -> String?
  ) throws(SystemError) -> UInt32? {
    guard let text = environment(name) else { return nil }
    guard let number = UInt32(text), number < .max else {
      throw SystemError("use \(name) \(text)", reason: "it is no number of an account")
    }
    return number
  }

  /// The account.
  func account() throws(SystemError) -> Account {
    let found = user.map { Account(user: $0) } ?? names.lazy.compactMap { Account(named: $0) }.first
    guard let found else {
      throw SystemError("run as \(names.joined(separator: " or "))", reason: "no such user")
    }
    return group.map { found.with(group: $0) } ?? found
  }
}

// Giving up what only the start needs.
extension Daemon {
  /// Becomes an ordinary user when root has started the daemon: after ports and files are open that
  /// only root may open.
  func dropPrivileges() throws(SystemError) {
    let current = Account.current
    guard current.isRoot else {
      if let user = configuration.user, Account(named: user)?.user != current.user {
        log.write(.warning, "Warning: user \(user) has no effect: only root can become another.")
      }
      return
    }
    let account = try AccountChoice(option: configuration.user).account()
    if account.isRoot { log.write(.warning, "Warning: this should not run as root.") }
    guard account != current else { return }
    handOver(to: account)
    try account.assume()
    log.write(.information, "Running as user \(account).")
    for path in configuration.filesToReadAgain where access(path, R_OK) != 0 {
      log.write(
        .warning,
        "Warning: \(path) cannot be read by \(account), so that SIGHUP will change nothing.")
    }
  }

  /// Gives an account what root has made for it.
  private func handOver(to account: Account) {
    log.give(to: account)
    let files = [configuration.pidFile, configuration.securityFile, configuration.keyLogFile]
    for path in files.compactMap(\.self) { account.own(path) }
    for listener in configuration.listeners {
      if case .path(let path) = listener.place { account.own(path) }
    }
  }
}

extension Configuration {
  /// The files that are read when the daemon starts, and at SIGHUP.
  fileprivate var filesToReadAgain: [String] {
    let ofUsers = securities.flatMap { [$0.passwordFile, $0.aclFile] } + [securityFile]
    return Set(ofUsers.compactMap(\.self) + tlsFiles).sorted()
  }
}

import AccessFiles
import BrokerCore
import ConfigurationFile
import Glibc
import Logins
import Reactor
import SessionLink

/// The signal after which the log file is opened anew: Mosquitto's.
let logRotation = __libc_current_sigrtmin()

// What signals ask for, and logging in.
extension Daemon {
  /// Puts in force what the files say.
  mutating func enforce(
    _ files: AccessFileContents, of configuration: Configuration
  ) throws(SystemError) {
    for (path, users) in files.users { try logIn(users, of: path) }
    broker.broker.policies = zip(configuration.policies, configuration.securities).map {
      policy, settings in
      var policy = policy
      policy.rules = settings.aclFile.flatMap { files.rules[$0] }
      policy.authenticator = settings.passwordFile.flatMap { logins[$0] }
      return policy
    }
    broker.tls = files.tls
  }

  /// Has the users of a file log in with their passwords.
  private mutating func logIn(_ users: PasswordList, of path: String) throws(SystemError) {
    if let known = logins[path] { return known.replace(users) }
    let authenticator = try PasswordAuthenticator(users)
    try reactor.add(
      authenticator.number, token: UInt64(Service.logins) << 56, interest: .readable)
    logins[path] = authenticator
  }

  mutating func takeLogins(at now: LinkTime) {
    for authenticator in logins.values {
      for (link, verdict) in authenticator.nextVerdicts() {
        broker.conclude(link, verdict, buffer: &buffer, reactor: &reactor, at: now)
      }
    }
  }

  mutating func takeSignals() {
    while let signal = signals.next() {
      if signal == SIGTERM || signal == SIGINT { isStopping = true }
      if signal == SIGHUP {
        tellReloading()
        reopenLog()
        reload()
        tellReady()
      }
      if signal == logRotation { reopenLog() }
      if signal == SIGUSR1 { log.write(.notice, "Nothing to save: nothing is stored on disk yet.") }
      if signal == SIGUSR2 { printTree() }
    }
  }

  private mutating func reopenLog() {
    do throws(SystemError) {
      try log.reopen()
    } catch {
      log.write(.error, "Error: Unable to \(error). The log file stays.")
    }
  }
}

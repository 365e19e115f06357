import AccessFiles
import ConfigurationFile
import Glibc
import Logins
import Reactor
import SessionLink

/// The signal after which the log file is opened anew: Mosquitto's.
let logRotation = __libc_current_sigrtmin()

// What signals ask for, and logging in.
extension Daemon {
  /// Has users log in with their passwords.
  mutating func logIn(_ users: PasswordList) throws(SystemError) {
    let authenticator = try PasswordAuthenticator(users)
    try reactor.add(
      authenticator.number, token: UInt64(Service.logins) << 56, interest: .readable)
    broker.broker.policy.authenticator = authenticator
    logins = authenticator
  }

  mutating func takeLogins(at now: LinkTime) {
    for (link, verdict) in logins?.nextVerdicts() ?? [] {
      broker.conclude(link, verdict, buffer: &buffer, reactor: &reactor, at: now)
    }
  }

  mutating func takeSignals() {
    while let signal = signals.next() {
      if signal == SIGTERM || signal == SIGINT { isStopping = true }
      if signal == SIGHUP {
        tellReloading()
        reopenLog()
        reload(at: MonotonicClock.now())
        tellReady()
      }
      if signal == logRotation { reopenLog() }
      if signal == SIGUSR1 { log.write(.notice, "Nothing to save: nothing is stored on disk yet.") }
      if signal == SIGUSR2 { log.write(.notice, "The tree of topics cannot be printed yet.") }
    }
  }

  private mutating func reopenLog() {
    do throws(SystemError) {
      try log.reopen()
    } catch {
      log.write(.error, "Error: Unable to \(error). The log file stays.")
    }
  }

  /// Reads the access files again, and the configuration for its bridges. What was in force stays when
  /// one of them is wrong.
  private mutating func reload(at now: LinkTime) {
    log.write(.information, "Reloading config.")
    do throws(AccessProblem) {
      var renewed = configuration
      renewed.bridges = try bridgesRead()
      let files = try AccessFileContents(renewed)
      if let users = files.users { logins?.replace(users) }
      broker.broker.policy.rules = files.rules
      broker.tls = files.tls
      renewBridges(renewed.bridges, files.bridges, at: now)
    } catch {
      log.write(.error, "Error: \(error) What was in force stays.")
    }
  }
}

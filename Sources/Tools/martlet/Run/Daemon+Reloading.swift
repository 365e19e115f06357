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

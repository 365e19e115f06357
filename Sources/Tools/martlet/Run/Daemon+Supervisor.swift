import Reactor
import SessionLink

// What the service manager is told, when one has started the daemon.
extension Daemon {
  mutating func tellReady() {
    tellManager("READY=1")
    background?.finish()
    background = nil
  }

  mutating func tellStopping() { tellManager("STOPPING=1") }

  /// A manager that has asked for the reload takes as done only what began after that.
  mutating func tellReloading() {
    tellManager("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.nanoseconds() / 1000)")
  }

  /// Tells that the loop still turns, twice in the time that the manager allows.
  mutating func feedWatchdog(at now: LinkTime) {
    guard let interval = manager?.watchdogInterval, watchdogAt <= now else { return }
    watchdogAt = now + max(interval / 2, 1)
    tellManager("WATCHDOG=1")
  }

  /// When `feedWatchdog` has something to do.
  var watchdogDeadline: LinkTime? { manager?.watchdogInterval == nil ? nil : watchdogAt }

  private func tellManager(_ lines: String) {
    guard let manager else { return }
    do throws(SystemError) {
      try manager.tell(lines)
      if log.writes(.internal) {
        log.write(.internal, "Told the service manager: \(lines.split(separator: "\n")[0]).")
      }
    } catch {
      log.write(.warning, "Warning: Unable to \(error).")
    }
  }
}

import BrokerCore
import BrokerIO
import ConfigurationFile
import MQTTSNGateway
import Reactor
import SessionLink

// The configuration, read again while the daemon runs.
extension Daemon {
  /// Reads the configuration and all files that it names, and puts them in force. When anything is
  /// wrong with them, all stays as it was; the file of dynamic security is read by itself.
  mutating func reload() {
    log.write(.information, "Reloading config.")
    do {
      try reread()
    } catch {
      for line in "\(error)".split(separator: "\n") {
        log.write(.error, line.hasPrefix("Error") ? String(line) : "Error: \(line)")
      }
      log.write(.error, "What was in force stays.")
    }
    security?.reload()
  }

  private mutating func reread() throws {
    let read = try source.read()
    let next = configuration.rereading(read.configuration)
    let files = try AccessFileContents(next)
    let isLogChanged = next.logging != configuration.logging
    var freshLog: Log? = isLogChanged ? try Log(next.logging) : nil
    let before = broker.tls
    try secure(by: files.tls)
    do { try enforce(files, of: next) } catch {
      broker.tls = before
      throw error
    }
    // Nothing fails from here on.
    if let fresh = freshLog.take() { log = fresh }
    noteWhatIsLogged()
    for notice in next.notices where !configuration.notices.contains(notice) {
      log.write(.warning, notice)
    }
    renewBridges(next.bridges, files.bridges, at: MonotonicClock.now())
    adopt(next)
    watchFilesAnew(files.stamps)
    tellOfRestart(read.linesAtStart)
  }

  private mutating func adopt(_ next: Configuration) {
    configuration = next
    noteControl()
    broker.broker.limits = BrokerLimits(next.limits, next.messaging)
    broker.adopt(next.limits)
    for index in next.listeners.indices {
      broker.renew(ListenerTerms(next, listener: index))
    }
    gateway.gateway.options.sessionExpiry = GatewayOptions(next).sessionExpiry
    let now = MonotonicClock.now()
    let interval = LinkTime(next.limits.sysInterval) * 1000
    status.publish(every: interval, from: now)
    gatewayStatus.publish(every: interval, from: now)
  }

  /// Tells of what is in the file and not in force.
  private func tellOfRestart(_ lines: [String]) {
    var names: [String] = []
    for change in lines.difference(from: linesAtStart) {
      let name = String(change.line.prefix { $0 != " " })
      if !names.contains(name) { names.append(name) }
    }
    for name in names {
      log.write(
        .warning, "Warning: What is said of \(name) has changed: a restart is needed for it.")
    }
  }
}

extension CollectionDifference<String>.Change {
  fileprivate var line: String {
    switch self {
    case .insert(_, let line, _), .remove(_, let line, _): line
    }
  }
}

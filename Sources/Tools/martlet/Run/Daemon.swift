import AccessFiles
import BridgeIO
import BrokerCore
import BrokerIO
import ConfigurationFile
import DynamicSecurityIO
import GatewayIO
import Glibc
import Logins
import MQTTLink
import MQTTSNGateway
import Reactor
import SessionLink
import Slabs
import Streams

/// The numbers by which reactor tokens and links are told apart.
enum Service {
  static let broker: UInt8 = 1
  static let gateway: UInt8 = 2
  static let signals: UInt8 = 0xFF
  static let logins: UInt8 = 3
  static let security: UInt8 = 4
  static let bridges: UInt8 = 5
  static let files: UInt8 = 0xFE
}

/// The one place where the services meet: sockets, core and log of a running daemon.
struct Daemon: ~Copyable {
  var reactor: Reactor
  var buffer = ReceiveBuffer()
  var broker: BrokerService
  var gateway: GatewayService
  var bridges: BridgeService
  var status: BrokerStatus
  var gatewayStatus: GatewayStatus
  let signals: SignalReader
  var log: Log
  var configuration: Configuration
  /// Where it comes from.
  let source: ConfigurationSource
  /// What the file has said when the daemon started of what counts only then.
  let linesAtStart: [String]
  var isStopping = false
  /// How many deliveries to nodes may gather before the gateway gets them.
  private static let foreignMark = 1 << 16
  /// Who judges those who log in, by where they come from.
  var logins: [LoginSource: PasswordAuthenticator] = [:]
  /// What the access files say.
  var accessFiles: AccessFileContents?
  var security: SecurityService?
  var securityState: SecurityState?
  let manager = Supervisor()
  /// The terminal's end of a daemon in the background.
  var background: Background?
  /// What the service manager has opened.
  var inherited = InheritedSockets()
  var watchdogAt: LinkTime = 0
  /// The files of TLS, where it is spoken.
  var files = Seldom<WatchedFiles>()

  private init(
    _ read: ConfigurationSource.Reading, of source: ConfigurationSource,
    reactor: consuming Reactor, signals: consuming SignalReader, log: consuming Log
  ) {
    let configuration = read.configuration
    self.source = source
    linesAtStart = read.linesAtStart
    self.reactor = reactor
    self.signals = signals
    self.log = log
    self.configuration = configuration
    broker = BrokerService(
      broker: Broker(
        limits: BrokerLimits(configuration.limits, configuration.messaging),
        policy: AccessPolicy(configuration.security),
        seed: UInt64.random(in: .min ... .max)),
      limits: ConnectionLimits(), service: Service.broker)
    broker.broker.keepsCertificates = configuration.keepsSparkplugCertificates
    broker.broker.watch(Array(GatewayStatus.nodes.utf8).span)
    broker.adopt(configuration.limits)
    let now = MonotonicClock.now()
    gateway = GatewayService(
      options: GatewayOptions(configuration), service: Service.gateway,
      seed: UInt64.random(in: .min ... .max), at: now)
    bridges = BridgeService(
      service: Service.bridges, seed: UInt64.random(in: .min ... .max))
    let interval = LinkTime(configuration.limits.sysInterval) * 1000
    status = BrokerStatus(interval: interval, at: now)
    gatewayStatus = GatewayStatus(interval: interval, at: now)
  }

  /// Opens everything that the configuration names, and runs until a signal ends it.
  static func run(
    _ read: ConfigurationSource.Reading, of source: ConfigurationSource,
    _ files: AccessFileContents, _ security: SecurityStart?, background: consuming Background?
  ) throws(SystemError) {
    let configuration = read.configuration
    let log = try Log(configuration.logging)
    let signals = try SignalReader(SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, logRotation)
    var daemon = Daemon(
      read, of: source, reactor: try Reactor(), signals: signals, log: log)
    daemon.background = background
    daemon.noteWhatIsLogged()
    try daemon.secure(files, security)
    try daemon.start(configuration)
    daemon.startBridges(files.bridges)
    daemon.watchFiles(files.stamps)
    try daemon.run()
  }

  private mutating func run() throws(SystemError) {
    // Starting has left something to do.
    var hasMore = true
    var hasRested = false
    while !isStopping {
      if !hasMore, !hasRested {
        Memory.releaseCode()
        hasRested = true
      }
      try reactor.wait(timeoutMilliseconds: hasMore ? 0 : timeout)
      let now = MonotonicClock.now()
      for index in 0..<reactor.eventCount { take(reactor.event(at: index), at: now) }
      advance(to: now)
      takeControl(at: now)
      feedWatchdog(at: now)
      rereadFiles(at: now)
      hasMore = broker.settle(reactor: &reactor, at: now)
      hasMore = exchange(at: now) || hasMore
      // A node that waits for its acknowledgement is served before the subscribers.
      gateway.flush(reactor: &reactor, at: now)
      bridges.flush(
        links: &broker.links, hub: &broker.broker, commands: &broker.commands, reactor: &reactor,
        at: now)
      hasMore = broker.flush(reactor: &reactor, at: now) || hasMore
      report()
      // The report itself may have published something.
      hasMore = hasMore || !broker.commands.commands.isEmpty
    }
    tellStopping()
    if let path = configuration.pidFile { unlink(path) }
    log.write(.information, "martlet version \(version) terminating")
  }

  /// How long the reactor may wait, in milliseconds; without an end when nothing is due.
  private var timeout: Int? {
    var earliest = LinkTime.max
    if let deadline = broker.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = gateway.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = bridges.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = status.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = gatewayStatus.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = watchdogDeadline { earliest = min(earliest, deadline) }
    if let deadline = filesDeadline { earliest = min(earliest, deadline) }
    guard earliest != .max else { return nil }
    let now = MonotonicClock.now()
    return earliest <= now ? 0 : Int(clamping: earliest - now)
  }

  private mutating func take(_ event: ReadyEvent, at now: LinkTime) {
    switch UInt8(truncatingIfNeeded: event.token >> 56) {
    case Service.broker: broker.ready(event, buffer: &buffer, reactor: &reactor, at: now)
    case Service.gateway:
      gateway.ready(
        event, hub: &broker.broker, links: &broker.links, commands: &broker.commands,
        reactor: &reactor, at: now)
      broker.perform(at: now)
      broker.relieve(&reactor, at: now)
      if broker.foreign.recipients.count > Self.foreignMark { _ = exchange(at: now) }
    case Service.bridges:
      bridges.ready(
        event, links: &broker.links, hub: &broker.broker, commands: &broker.commands,
        buffer: &buffer, reactor: &reactor, at: now)
      repeat {
        broker.perform(at: now)
        broker.relieve(&reactor, at: now)
        if broker.foreign.recipients.count > Self.foreignMark { _ = exchange(at: now) }
      } while bridges.goOn(
        links: &broker.links, hub: &broker.broker, commands: &broker.commands, buffer: &buffer,
        reactor: &reactor, at: now)
    case Service.logins: takeLogins(at: now)
    case Service.security: takeOutcomes(at: now)
    case Service.files: files[].change(at: now)
    default: takeSignals()
    }
  }

  private mutating func advance(to now: LinkTime) {
    broker.advance(to: now)
    gateway.advance(
      to: now, hub: &broker.broker, links: &broker.links, commands: &broker.commands,
      reactor: &reactor)
    bridges.advance(to: now, hub: &broker.broker, commands: &broker.commands)
    status.publish(to: &broker, at: now)
    gatewayStatus.publish(gateway, to: &broker, at: now)
    broker.perform(at: now)
  }

  /// Hands the hub's commands for nodes and bridges to their services, and what follows from them
  /// back, until none has anything for another. True when retained messages may go on then.
  private mutating func exchange(at now: LinkTime) -> Bool {
    guard !broker.foreign.commands.isEmpty else { return false }
    while !broker.foreign.commands.isEmpty {
      bridges.perform(
        broker.foreign, links: broker.links, hub: &broker.broker, commands: &broker.commands,
        at: now)
      gateway.perform(
        &broker.foreign, hub: &broker.broker, links: &broker.links, commands: &broker.commands,
        at: now)
      broker.perform(at: now)
    }
    return broker.broker.isReplaying
  }
}

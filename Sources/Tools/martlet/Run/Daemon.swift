import AccessFiles
import BrokerCore
import BrokerIO
import ConfigurationFile
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
private enum Service {
  static let broker: UInt8 = 1
  static let gateway: UInt8 = 2
  static let signals: UInt8 = 0xFF
  static let logins: UInt8 = 3
}

/// The one place where the services meet: sockets, core and log of a running daemon.
struct Daemon: ~Copyable {
  private var reactor: Reactor
  private var buffer = ReceiveBuffer()
  private var broker: BrokerService
  private var gateway: GatewayService
  private var status: BrokerStatus
  private var gatewayStatus: GatewayStatus
  private let signals: SignalReader
  private let log: Log
  private let configuration: Configuration
  private var isStopping = false
  /// How many deliveries to nodes may gather before the gateway gets them.
  private static let foreignMark = 1 << 16
  private var logins: PasswordAuthenticator?

  private init(
    _ configuration: Configuration, reactor: consuming Reactor, signals: consuming SignalReader,
    log: consuming Log
  ) {
    self.reactor = reactor
    self.signals = signals
    self.log = log
    self.configuration = configuration
    broker = BrokerService(
      broker: Broker(
        limits: BrokerLimits(configuration.limits, configuration.messaging),
        policy: AccessPolicy(allowsAnonymous: configuration.allowsAnonymous),
        seed: UInt64.random(in: .min ... .max)),
      limits: ConnectionLimits(), service: Service.broker)
    broker.broker.watch(Array(GatewayStatus.nodes.utf8).span)
    broker.broker.assignedPrefix = Array(configuration.messaging.clientIDPrefix.utf8)
    broker.sendsAtOnce = configuration.limits.setsTCPNodelay
    broker.connectionLimit = configuration.limits.maxConnections ?? .max
    let now = MonotonicClock.now()
    gateway = GatewayService(
      options: GatewayOptions(configuration), service: Service.gateway,
      seed: UInt64.random(in: .min ... .max), at: now)
    let interval = LinkTime(configuration.limits.sysInterval) * 1000
    status = BrokerStatus(interval: interval, at: now)
    gatewayStatus = GatewayStatus(interval: interval, at: now)
  }

  /// Opens everything that the configuration names, and runs until a signal ends it.
  static func run(
    _ configuration: Configuration, _ rules: AccessFileRules?, _ users: PasswordList?,
    isVerbose: Bool
  ) throws(SystemError) {
    let log = try Log(configuration.logging, isVerbose: isVerbose)
    let signals = try SignalReader(SIGTERM, SIGINT, SIGHUP)
    var daemon = Daemon(configuration, reactor: try Reactor(), signals: signals, log: log)
    daemon.broker.broker.policy.rules = rules
    if let users { try daemon.logIn(users) }
    try daemon.start(configuration)
    try daemon.run()
  }

  private mutating func start(_ configuration: Configuration) throws(SystemError) {
    log.write(.information, "martlet version \(version) starting")
    for notice in configuration.notices { log.write(.warning, notice) }
    for listener in configuration.listeners { try open(listener, configuration) }
    for topic in configuration.predefinedTopics { gateway.gateway.predefinedTopics.append(topic) }
    for line in configuration.serialLines {
      gateway.addSerialLine(
        SerialSettings(line), allowsForwarders: configuration.gateway.forwarders != .nowhere,
        at: MonotonicClock.now())
    }
    try list(configuration)
    try reactor.add(
      signals.number, token: UInt64(Service.signals) << 56, interest: .readable)
    try writePID(configuration)
    report()
    log.write(.information, "martlet version \(version) running")
  }

  /// Tells the gateway who the nodes are.
  private mutating func list(_ configuration: Configuration) throws(SystemError) {
    gateway.gateway.knownNodes.unlisted = .init(configuration.gateway)
    for node in configuration.nodes {
      let place = try node.resolvedPlace()
      if gateway.list(node.clientID, as: node.userName, at: place) { continue }
      log.write(
        .warning,
        "Node \(node.clientID) will not get in: there is no line \(node.place ?? "").")
    }
  }

  private func writePID(_ configuration: Configuration) throws(SystemError) {
    guard let path = configuration.pidFile else { return }
    let number = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard number >= 0 else { throw .last("write pid_file \(path)") }
    let descriptor = Descriptor(owning: number)
    let text = Array("\(getpid())\n".utf8)
    guard write(descriptor.number, text, text.count) == text.count else {
      throw .last("write pid_file \(path)")
    }
  }

  private mutating func open(
    _ listener: ListenerSettings, _ configuration: Configuration
  ) throws(SystemError) {
    let limits = ConnectionLimits(configuration, listener, seed: .random(in: .min ... .max))
    let rules = TransportRules(configuration, listener)
    if case .path(let path) = listener.place, listener.speech != .mqttsn {
      return try broker.listen(
        onPath: path, connectionLimit: listener.maxConnections, limits: limits, rules: rules,
        reactor: &reactor)
    }
    var port = listener.port
    var opened: [SocketAddress] = []
    for var address in try listener.place.addresses(port: port) {
      address.port = port
      do throws(SystemError) {
        port = try open(listener, limits, rules, configuration.gateway.forwarders, at: address)
        address.port = port
        opened.append(address)
      } catch {
        // A machine without IPv6 has no ::1 to listen on.
        guard !opened.isEmpty, error.code == EADDRNOTAVAIL || error.code == EAFNOSUPPORT else {
          throw error
        }
        log.write(.warning, "Not listening there: \(error).")
      }
    }
    if listener.speech == .mqttsn { try joinGroups(of: listener, at: opened) }
  }

  /// Lets nodes find the gateway by multicast [SN 6.1].
  private mutating func joinGroups(
    of listener: ListenerSettings, at addresses: [SocketAddress]
  ) throws(SystemError) {
    for group in try listener.resolvedGroups(port: addresses.first?.port ?? listener.port) {
      let members = addresses.filter { $0.family == group.family }
      if members.isEmpty {
        log.write(
          .warning,
          "Not in the group \(group.host): the listener has no address of its family.")
      }
      for address in members {
        gateway.join(
          group, from: address, hops: Int(listener.multicastHops), reactor: &reactor,
          at: MonotonicClock.now())
      }
    }
  }

  private mutating func open(
    _ listener: ListenerSettings, _ limits: ConnectionLimits, _ rules: TransportRules,
    _ forwarders: GatewaySettings.Forwarders, at address: SocketAddress
  ) throws(SystemError) -> UInt16 {
    switch listener.speech {
    case .mqtt, .websockets:
      return try broker.listen(
        on: address, connectionLimit: listener.maxConnections, limits: limits, rules: rules,
        reactor: &reactor
      ).port
    case .mqttsn: return try openNodes(forwarders, at: address)
    }
  }

  private mutating func openNodes(
    _ forwarders: GatewaySettings.Forwarders, at address: SocketAddress
  ) throws(SystemError) -> UInt16 {
    let isAllowed =
      forwarders == .everywhere || (forwarders == .local && address.isLoopback)
    return try gateway.listen(on: address, allowsForwarders: isAllowed, reactor: &reactor).port
  }

  private mutating func run() throws(SystemError) {
    var hasMore = false
    while !isStopping {
      try reactor.wait(timeoutMilliseconds: hasMore ? 0 : timeout)
      let now = MonotonicClock.now()
      for index in 0..<reactor.eventCount { take(reactor.event(at: index), at: now) }
      advance(to: now)
      hasMore = broker.settle(reactor: &reactor, at: now)
      hasMore = exchange(at: now) || hasMore
      // A node that waits for its acknowledgement is served before the subscribers.
      gateway.flush(reactor: &reactor, at: now)
      hasMore = broker.flush(reactor: &reactor, at: now) || hasMore
      report()
      // The report itself may have published something.
      hasMore = hasMore || !broker.commands.commands.isEmpty
    }
    if let path = configuration.pidFile { unlink(path) }
    log.write(.information, "martlet version \(version) terminating")
  }

  /// How long the reactor may wait, in milliseconds; without an end when nothing is due.
  private var timeout: Int? {
    var earliest = LinkTime.max
    if let deadline = broker.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = gateway.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = status.nextDeadline { earliest = min(earliest, deadline) }
    if let deadline = gatewayStatus.nextDeadline { earliest = min(earliest, deadline) }
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
    case Service.logins: takeLogins(at: now)
    default: takeSignals()
    }
  }

  private mutating func advance(to now: LinkTime) {
    broker.advance(to: now)
    gateway.advance(
      to: now, hub: &broker.broker, links: &broker.links, commands: &broker.commands,
      reactor: &reactor)
    status.publish(to: &broker, at: now)
    gatewayStatus.publish(gateway, to: &broker, at: now)
    broker.perform(at: now)
  }

  /// Hands the hub's commands for nodes to the gateway, and what follows from them back, until
  /// neither has anything for the other. True when retained messages may go on to a node then.
  private mutating func exchange(at now: LinkTime) -> Bool {
    guard !broker.foreign.commands.isEmpty else { return false }
    while !broker.foreign.commands.isEmpty {
      gateway.perform(
        &broker.foreign, hub: &broker.broker, links: &broker.links, commands: &broker.commands,
        at: now)
      broker.perform(at: now)
    }
    return broker.broker.isReplaying
  }

  /// Has users log in with their passwords.
  private mutating func logIn(_ users: PasswordList) throws(SystemError) {
    let authenticator = try PasswordAuthenticator(users)
    try reactor.add(
      authenticator.number, token: UInt64(Service.logins) << 56, interest: .readable)
    broker.broker.policy.authenticator = authenticator
    logins = authenticator
  }

  private mutating func takeLogins(at now: LinkTime) {
    for (link, verdict) in logins?.nextVerdicts() ?? [] {
      broker.conclude(link, verdict, buffer: &buffer, reactor: &reactor, at: now)
    }
  }

  private mutating func takeSignals() {
    while let signal = signals.next() {
      if signal == SIGTERM || signal == SIGINT { isStopping = true }
      if signal == SIGHUP { reload() }
    }
  }

  /// Reads the access files again. What was in force stays when one of them is wrong.
  private mutating func reload() {
    log.write(.information, "Reloading config.")
    do throws(AccessProblem) {
      let rules = try configuration.accessRules()
      if let users = try configuration.users() { logins?.replace(users) }
      broker.broker.policy.rules = rules
    } catch {
      log.write(.error, "Error: \(error) What was in force stays.")
    }
  }

  /// Writes what the services have noted.
  private mutating func report() {
    for index in 0..<broker.notices.count {
      let line = broker.notices[index].line
      if !line.isAboutConnection || log.showsConnections { log.write(line.type, line.text) }
    }
    broker.notices.removeAll()
    for index in 0..<gateway.notices.count {
      let notice = gateway.notices[index]
      if let (clientID, state) = notice.departure { gatewayStatus.depart(clientID, state, &broker) }
      let line = notice.line
      if !line.isAboutConnection || log.showsConnections { log.write(line.type, line.text) }
    }
    gateway.notices.removeAll()
  }
}

import BrokerCore
import BrokerIO
import ConfigurationFile
import Glibc
import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams

/// The numbers by which reactor tokens and links are told apart.
private enum Service {
  static let broker: UInt8 = 1
  static let signals: UInt8 = 0xFF
}

/// The one place where the services meet: sockets, core and log of a running daemon.
struct Daemon: ~Copyable {
  private var reactor: Reactor
  private var buffer = ReceiveBuffer()
  private var broker: BrokerService
  private let signals: SignalReader
  private let log: Log
  private var isStopping = false

  private init(
    _ configuration: Configuration, reactor: consuming Reactor, signals: consuming SignalReader,
    log: consuming Log
  ) {
    self.reactor = reactor
    self.signals = signals
    self.log = log
    broker = BrokerService(
      broker: Broker(
        limits: BrokerLimits(configuration.limits),
        policy: AccessPolicy(allowsAnonymous: configuration.allowsAnonymous),
        seed: UInt64.random(in: .min ... .max)),
      limits: ConnectionLimits(configuration.limits), service: Service.broker)
  }

  /// Opens everything that the configuration names, and runs until a signal ends it.
  static func run(_ configuration: Configuration, isVerbose: Bool) throws(SystemError) {
    let log = try Log(configuration.logging, isVerbose: isVerbose)
    let signals = try SignalReader(SIGTERM, SIGINT, SIGHUP)
    var daemon = Daemon(configuration, reactor: try Reactor(), signals: signals, log: log)
    try daemon.start(configuration)
    try daemon.run()
  }

  private mutating func start(_ configuration: Configuration) throws(SystemError) {
    log.write(.information, "martlet version \(version) starting")
    for notice in configuration.notices { log.write(.warning, notice) }
    for listener in configuration.listeners { try open(listener) }
    try reactor.add(
      signals.number, token: UInt64(Service.signals) << 56, interest: .readable)
    report()
    log.write(.information, "martlet version \(version) running")
  }

  private mutating func open(_ listener: ListenerSettings) throws(SystemError) {
    var port = listener.port
    for var address in try listener.place.addresses(port: port) {
      address.port = port
      switch listener.speech {
      case .mqtt:
        let local = try broker.listen(
          on: address, connectionLimit: listener.maxConnections, reactor: &reactor)
        port = local.port
      case .mqttsn: break
      }
    }
  }

  private mutating func run() throws(SystemError) {
    var hasMore = false
    while !isStopping {
      try reactor.wait(timeoutMilliseconds: hasMore ? 0 : timeout)
      let now = MonotonicClock.now()
      for index in 0..<reactor.eventCount { take(reactor.event(at: index), at: now) }
      broker.advance(to: now)
      hasMore = broker.finishTick(reactor: &reactor, at: now)
      report()
    }
    log.write(.information, "martlet version \(version) terminating")
  }

  private var timeout: Int? {
    guard let deadline = broker.nextDeadline else { return nil }
    let now = MonotonicClock.now()
    return deadline <= now ? 0 : Int(clamping: deadline - now)
  }

  private mutating func take(_ event: ReadyEvent, at now: LinkTime) {
    switch UInt8(truncatingIfNeeded: event.token >> 56) {
    case Service.broker: broker.ready(event, buffer: &buffer, reactor: &reactor, at: now)
    default: takeSignals()
    }
  }

  private mutating func takeSignals() {
    while let signal = signals.next() {
      if signal == SIGTERM || signal == SIGINT { isStopping = true }
    }
  }

  /// Writes what the services have noted.
  private mutating func report() {
    for index in 0..<broker.notices.count {
      let line = broker.notices[index].line
      if !line.isAboutConnection || log.showsConnections { log.write(line.type, line.text) }
    }
    broker.notices.removeAll()
  }
}

extension ListenerSettings.Place {
  /// The addresses to bind to.
  func addresses(port: UInt16) throws(SystemError) -> [SocketAddress] {
    switch self {
    case .everywhere: try SocketAddress.everyInterface(port: port)
    case .loopback: [.ipv4(127, 0, 0, 1, port: port), .ipv6Loopback(port: port)]
    case .host(let host): try SocketAddress.resolve(host: host, port: port)
    }
  }
}

extension BrokerLimits {
  init(_ settings: LimitSettings) {
    self.init()
    queuedMessages = settings.maxQueuedMessages
    inFlightMessages = UInt16(clamping: settings.maxInflightMessages)
  }
}

extension ConnectionLimits {
  init(_ settings: LimitSettings) {
    self.init()
    packetSize = settings.maxPacketSize
    keepAlive = settings.maxKeepalive
    // 0 stands for no limit: all that identifiers allow.
    receiveMaximum =
      settings.maxInflightMessages == 0
      ? .max : UInt16(clamping: settings.maxInflightMessages)
  }
}

import BrokerIO
import ConfigurationFile
import GatewayIO
import Glibc
import MQTTLink
import Reactor
import Streams

// Opening all that the configuration names.
extension Daemon {
  mutating func start(_ configuration: Configuration) throws(SystemError) {
    log.write(.information, "martlet version \(version) starting")
    for notice in configuration.notices { log.write(.warning, notice) }
    tellFaults()
    for index in configuration.listeners.indices { try open(index, configuration) }
    closeInherited()
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
    try dropPrivileges()
    report()
    log.write(.information, "martlet version \(version) running")
    tellReady()
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
    let number = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard number >= 0 else { throw .last("write pid_file \(path)") }
    let descriptor = Descriptor(owning: number)
    let text = Array("\(getpid())\n".utf8)
    guard write(descriptor.number, text, text.count) == text.count else {
      throw .last("write pid_file \(path)")
    }
  }

  private mutating func open(
    _ index: Int, _ configuration: Configuration
  ) throws(SystemError) {
    let listener = configuration.listeners[index]
    let terms = ListenerTerms(configuration, listener: index)
    if case .path(let path) = listener.place, listener.speech != .mqttsn {
      if let socket = inherit(.path(path)) {
        return try broker.listen(
          with: TCPListener(inherited: socket), terms: terms, reactor: &reactor)
      }
      return try broker.listen(onPath: path, terms: terms, reactor: &reactor)
    }
    var port = listener.port
    var opened: [SocketAddress] = []
    for var address in try listener.addresses() {
      address.port = port
      if inherited.covers(listener.inheritedPlace(at: address)) { continue }
      do throws(SystemError) {
        port = try open(listener, terms, configuration.gateway.forwarders, at: address)
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
    _ listener: ListenerSettings, _ terms: ListenerTerms,
    _ forwarders: GatewaySettings.Forwarders, at address: SocketAddress
  ) throws(SystemError) -> UInt16 {
    switch listener.speech {
    case .mqtt, .websockets:
      if let socket = inherit(listener.inheritedPlace(at: address)) {
        try broker.listen(
          with: TCPListener(inherited: socket), terms: terms, reactor: &reactor)
        return address.port
      }
      return try broker.listen(
        on: address, interface: listener.interface, terms: terms, reactor: &reactor
      ).port
    case .mqttsn: return try openNodes(forwarders, at: address)
    }
  }

  private mutating func openNodes(
    _ forwarders: GatewaySettings.Forwarders, at address: SocketAddress
  ) throws(SystemError) -> UInt16 {
    let isAllowed =
      forwarders == .everywhere || (forwarders == .local && address.isLoopback)
    if let socket = inherit(.datagrams(address)) {
      return try gateway.listen(
        inherited: socket, allowsForwarders: isAllowed, reactor: &reactor
      ).port
    }
    return try gateway.listen(on: address, allowsForwarders: isAllowed, reactor: &reactor).port
  }
}

import Glibc
import MQTTBridge
import Reactor
import SecureStreams
import SessionLink
import Slabs
import Streams

// What the machines want of the network.
extension BridgeService {
  /// Does what a machine wants, until it wants nothing more.
  mutating func serve<H: Hub & ~Copyable>(
    _ slot: Int, links: inout LinkTable, hub: inout H, commands: inout CommandQueue,
    reactor: inout Reactor, at now: LinkTime
  ) {
    while let request = lines[slot].bridge.nextRequest() {
      switch request {
      case .hangUp: lines[slot].close(&pool, at: now)
      case .dial(let address):
        if lines[slot].nextSetup != nil {
          renew(slot, links: &links, hub: &hub, commands: &commands, at: now)
        } else {
          dial(slot, address, &reactor, at: now)
        }
      case .probe(let address):
        if probe(slot, address, &reactor) { break }
        lines[slot].bridge.probed(isThere: false, hub: &hub, commands: &commands, at: now)
      }
    }
    collectNotices(slot)
  }

  private mutating func dial(
    _ slot: Int, _ address: Int, _ reactor: inout Reactor, at now: LinkTime
  ) {
    lines[slot].close(&pool, at: now)
    lines[slot].place = address
    let place = lines[slot].setup.places[address]
    if let numeric = SocketAddress.numeric(host: place.host, port: place.port) {
      lines[slot].candidates = [numeric]
      return connect(slot, &reactor, SystemError("", reason: ""), at: now)
    }
    lines[slot].phase = .resolving
    do throws(SystemError) {
      try resolver(&reactor).lookUp(place.host, port: place.port, for: attempt(slot))
    } catch { fail(slot, error, at: now) }
  }

  private func attempt(_ slot: Int) -> UInt64 {
    UInt64(lines[slot].attempt) << 32 | UInt64(slot)
  }

  private mutating func resolver(_ reactor: inout Reactor) throws(SystemError) -> NameResolver {
    if let resolver { return resolver }
    let made = try NameResolver()
    try reactor.add(
      made.number, token: BridgeToken(service: service, .names).rawValue, interest: .readable)
    resolver = made
    return made
  }

  /// Goes on with the names that have been looked up.
  mutating func takeNames<H: Hub & ~Copyable>(
    links: inout LinkTable, hub: inout H, commands: inout CommandQueue, reactor: inout Reactor,
    at now: LinkTime
  ) {
    for name in resolver?.takeResults() ?? [] {
      let slot = Int(name.attempt & 0xFFFF_FFFF)
      guard lines.id(at: slot) != nil, attempt(slot) == name.attempt else { continue }
      switch lines[slot].phase {
      case .resolving: take(name, slot, &reactor, at: now)
      case .open:
        probe(slot, name, hub: &hub, commands: &commands, &reactor, at: now)
      case .closed, .connecting: break
      }
      serve(
        slot, links: &links, hub: &hub, commands: &commands, reactor: &reactor, at: now)
    }
  }

  private mutating func take(
    _ name: ResolvedName, _ slot: Int, _ reactor: inout Reactor, at now: LinkTime
  ) {
    switch name.addresses {
    case .success(let addresses):
      lines[slot].candidates = addresses.reversed()
      connect(slot, &reactor, SystemError("", reason: ""), at: now)
    case .failure(let error): fail(slot, error, at: now)
    }
  }

  /// Tries the next of a host's addresses; `last` says why the one before was none.
  private mutating func connect(
    _ slot: Int, _ reactor: inout Reactor, _ last: SystemError, at now: LinkTime
  ) {
    var last = last
    while let address = lines[slot].candidates.popLast() {
      do throws(SystemError) {
        return try connect(slot, to: address, &reactor)
      } catch { last = error }
    }
    fail(slot, last, at: now)
  }

  private mutating func connect(
    _ slot: Int, to address: SocketAddress, _ reactor: inout Reactor
  ) throws(SystemError) {
    let transport = lines[slot].setup.transport
    lines[slot].socket = nil
    let socket = try TCPStream.connect(to: address, from: transport.sources)
    if let keepAlive = transport.keepAlive {
      try TCPStream.setKeepAlive(
        socket.number, idle: keepAlive.idle, interval: keepAlive.interval, count: keepAlive.count)
    }
    if transport.userTimeout > 0 {
      try TCPStream.setUserTimeout(socket.number, milliseconds: transport.userTimeout)
    }
    try reactor.add(socket.number, token: token(slot, .socket), interest: .writable)
    lines[slot].socket = consume socket
    lines[slot].peer = address
    lines[slot].phase = .connecting
  }

  func token(_ slot: Int, _ kind: BridgeToken.Kind) -> UInt64 {
    BridgeToken(service: service, kind, attempt: lines[slot].attempt, slot: slot).rawValue
  }

  private mutating func fail(_ slot: Int, _ error: SystemError, at now: LinkTime) {
    lines[slot].close(&pool, at: now)
    lines[slot].bridge.dialFailed(error.reason, at: now)
  }

  /// An attempt to connect has ended.
  mutating func finishConnecting(_ slot: Int, _ reactor: inout Reactor, at now: LinkTime) {
    guard let number = lines[slot].socket?.number, let peer = lines[slot].peer else { return }
    if let error = TCPStream.connectFailure(number, to: peer) {
      lines[slot].socket = nil
      return connect(slot, &reactor, error, at: now)
    }
    do throws(SystemError) {
      TCPStream.setNoDelay(number)
      try reactor.modify(number, token: token(slot, .socket), interest: .readable)
      try secure(slot)
      lines[slot].phase = .open
      lines[slot].bridge.dialed(at: now)
    } catch { fail(slot, error, at: now) }
  }

  private mutating func secure(_ slot: Int) throws(SystemError) {
    let transport = lines[slot].setup.transport
    guard let context = transport.tls else { return }
    let host = lines[slot].setup.places[lines[slot].place].host
    lines[slot].security.make(try ClientSecurity(context, host: host, &pool))
  }

  // MARK: The first address

  /// Looks whether the first address can be connected to, while another one is used; false when that
  /// cannot even be tried.
  private mutating func probe(_ slot: Int, _ address: Int, _ reactor: inout Reactor) -> Bool {
    let place = lines[slot].setup.places[address]
    do throws(SystemError) {
      if let numeric = SocketAddress.numeric(host: place.host, port: place.port) {
        return try probe(slot, numeric, &reactor)
      }
      try resolver(&reactor).lookUp(place.host, port: place.port, for: attempt(slot))
      return true
    } catch { return false }
  }

  private mutating func probe(
    _ slot: Int, _ target: SocketAddress, _ reactor: inout Reactor
  ) throws(SystemError) -> Bool {
    let socket = try TCPStream.connect(to: target, from: lines[slot].setup.transport.sources)
    try reactor.add(socket.number, token: token(slot, .probe), interest: .writable)
    lines[slot].probe = consume socket
    lines[slot].probedAddress = target
    return true
  }

  /// The name of the first address was looked up while another one is used.
  private mutating func probe<H: Hub & ~Copyable>(
    _ slot: Int, _ name: ResolvedName, hub: inout H, commands: inout CommandQueue,
    _ reactor: inout Reactor, at now: LinkTime
  ) {
    if case .success(let addresses) = name.addresses, let first = addresses.first,
      (try? probe(slot, first, &reactor)) == true
    {
      return
    }
    lines[slot].bridge.probed(isThere: false, hub: &hub, commands: &commands, at: now)
  }

  /// Whether the probe has found somebody.
  mutating func finishProbing<H: Hub & ~Copyable>(
    _ slot: Int, hub: inout H, commands: inout CommandQueue, at now: LinkTime
  ) {
    guard let number = lines[slot].probe?.number, let target = lines[slot].probedAddress else {
      return
    }
    let isThere = TCPStream.connectFailure(number, to: target) == nil
    lines[slot].probe = nil
    lines[slot].bridge.probed(isThere: isThere, hub: &hub, commands: &commands, at: now)
  }
}

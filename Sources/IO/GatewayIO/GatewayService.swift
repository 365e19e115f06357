import Datagrams
import MQTTSNGateway
import Reactor
import SessionLink
import Slabs

/// The gateway on its sockets and serial lines: reads datagrams, hands events to the hub, performs
/// its commands, sends.
///
/// It decides nothing about MQTT-SN. The hub, its links and the queue of its commands are the
/// wiring's; whatever this service appends to `commands` has to be performed before the tick ends.
public struct GatewayService: ~Copyable {
  /// The machine.
  public var gateway: Gateway
  /// What happened since the wiring looked last.
  public var notices = Slab<GatewayIONotice>()

  var sockets = Slab<SocketLine>()
  var ports = Slab<PortLine>()
  /// Multicast groups that could not be joined yet.
  var missingGroups = Slab<MissingGroup>()
  /// One frame on its way to a serial line.
  var frame = Slab<UInt8>()
  let service: UInt8
  /// What tells that a port was plugged in; nothing without serial lines, or without udev.
  var plugs: SerialPlugs?
  var asksForPlugs = false

  /// A service that has the number `service` in the link table and in the high octet of its reactor
  /// tokens. `seed` keeps peers from choosing addresses that share hash slots.
  public init(options: GatewayOptions, service: UInt8, seed: UInt64, at now: LinkTime) {
    gateway = Gateway(options: options, service: service, seed: seed, at: now)
    self.service = service
  }

  /// Opens a UDP socket for nodes; forwarders may speak for nodes there if `allowsForwarders`.
  public mutating func listen(
    on address: SocketAddress, allowsForwarders: Bool = true, reactor: inout Reactor
  ) throws(SystemError) -> SocketAddress {
    try listen(
      with: UDPSocket(address: address, datagramSize: Self.longestDatagram),
      allowsForwarders: allowsForwarders, reactor: &reactor)
  }

  /// The same with a socket that somebody else has bound.
  public mutating func listen(
    inherited descriptor: consuming Descriptor, allowsForwarders: Bool, reactor: inout Reactor
  ) throws(SystemError) -> SocketAddress {
    try listen(
      with: UDPSocket(inherited: descriptor, datagramSize: Self.longestDatagram),
      allowsForwarders: allowsForwarders, reactor: &reactor)
  }

  private static var longestDatagram: Int { 65_535 }

  private mutating func listen(
    with socket: consuming UDPSocket, allowsForwarders: Bool, reactor: inout Reactor
  ) throws(SystemError) -> SocketAddress {
    // A field of nodes that wakes up at once must not overrun the socket.
    socket.setReceiveBuffer(byteCount: 1 << 22)
    let local = socket.localAddress
    let line = try add(SocketLine(socket), &reactor)
    gateway.setAllowsForwarders(allowsForwarders, ofLine: line)
    notices.append(.listening(local))
    return local
  }

  mutating func add(
    _ line: consuming SocketLine, _ reactor: inout Reactor
  ) throws(SystemError) -> UInt16 {
    let number = LineNumber.socket(sockets.count)
    try reactor.add(line.socket.number, token: token(ofLine: number), interest: .readable)
    sockets.append(line)
    return number
  }

  /// Adds a serial line. It is opened by the next `advance`, and again whenever it was lost.
  public mutating func addSerialLine(
    _ settings: SerialSettings, allowsForwarders: Bool = true, at now: LinkTime
  ) {
    let line = LineNumber.port(ports.count)
    gateway.setAllowsForwarders(allowsForwarders, ofLine: line)
    gateway.setMaximumDatagram(settings.maximumFrame, ofLine: line)
    ports.append(PortLine(settings, at: now))
  }

  /// Performs what the reactor says is possible on one of this service's descriptors.
  public mutating func ready<Links: Hub & ~Copyable>(
    _ event: ReadyEvent, hub: inout Links, links: inout LinkTable, commands: inout CommandQueue,
    reactor: inout Reactor, at now: LinkTime
  ) {
    let line = UInt16(truncatingIfNeeded: event.token)
    if line < LineNumber.firstPort {
      guard Int(line) < sockets.count else { return }
      receive(fromSocket: Int(line), &hub, &links, &commands, at: now)
    } else if line == LineNumber.plugs {
      takePlugs(&reactor, at: now)
    } else {
      let index = Int(line - LineNumber.firstPort)
      guard index < ports.count else { return }
      if event.isWritable { flush(port: index, &reactor, at: now) }
      if event.isReadable { receive(fromPort: index, &hub, &links, &commands, at: now) }
    }
  }

  /// Performs the commands of `queue` that are meant for nodes, gives back the reference that each
  /// `deliver` of it holds, and empties it.
  public mutating func perform<Links: Hub & ~Copyable>(
    _ queue: inout CommandQueue, hub: inout Links, links: inout LinkTable,
    commands: inout CommandQueue, at now: LinkTime
  ) {
    for position in 0..<queue.commands.count {
      let command = queue.commands[position]
      gateway.perform(command, of: queue, at: now, links: &links, messages: &hub.messages)
      if case .deliver(let message, _) = command { hub.messages.release(message) }
    }
    queue.removeAll()
    gateway.tellEvents(at: now, hub: &hub, commands: &commands)
  }

  /// Does what time demands: retries, lost nodes, ADVERTISE, serial lines to open.
  public mutating func advance<Links: Hub & ~Copyable>(
    to now: LinkTime, hub: inout Links, links: inout LinkTable, commands: inout CommandQueue,
    reactor: inout Reactor
  ) {
    openPorts(&reactor, at: now)
    joinMissingGroups(&reactor, at: now)
    advancePorts(to: now)
    gateway.advance(to: now, links: &links, messages: &hub.messages)
    gateway.tellEvents(at: now, hub: &hub, commands: &commands)
  }

  /// When `advance` has something to do.
  public var nextDeadline: LinkTime? {
    var earliest = gateway.nextDeadline
    for index in 0..<ports.count {
      guard let deadline = ports[index].deadline else { continue }
      earliest = min(deadline, earliest ?? deadline)
    }
    for index in 0..<missingGroups.count {
      earliest = min(missingGroups[index].joinAt, earliest ?? missingGroups[index].joinAt)
    }
    return earliest
  }

  /// Ends a tick: sends everything, and collects the machine's notices.
  public mutating func flush(reactor: inout Reactor, at now: LinkTime) {
    distribute(at: now)
    for index in 0..<sockets.count where !sockets[index].output.isEmpty {
      sockets[index].output.flush(to: sockets[index].socket.number)
    }
    for index in 0..<ports.count { flush(port: index, &reactor, at: now) }
    while let notice = gateway.nextNotice() {
      notices.append(.node(notice, place: place(of: notice.address)))
    }
  }

  func token(ofLine line: UInt16) -> UInt64 { UInt64(service) << 56 | UInt64(line) }

  /// Gives each datagram of the machine to its line.
  private mutating func distribute(at now: LinkTime) {
    guard gateway.output.count > 0 else { return }
    // The machine's queue is out on loan while the lines are written to.
    var output = DatagramOutput()
    swap(&gateway.output, &output)
    for index in 0..<output.count {
      switch output.destination(at: index) {
      case .node(let address): send(index, of: output, to: address, at: now)
      case .everybody: broadcast(index, of: output, at: now)
      case .line(let line): broadcast(index, of: output, onSocket: Int(line))
      }
    }
    output.removeAll()
    swap(&gateway.output, &output)
  }

  private mutating func send(
    _ index: Int, of output: borrowing DatagramOutput, to address: NodeAddress, at now: LinkTime
  ) {
    let port = Int(address.line) - Int(LineNumber.firstPort)
    if port >= 0 {
      guard port < ports.count else { return }
      ports[port].send(output.datagram(at: index), to: address, &frame, at: now)
    } else if let peer = address.peer, Int(address.line) < sockets.count {
      sockets[Int(address.line)].send(output.datagram(at: index), to: peer)
    }
  }

  private mutating func broadcast(
    _ index: Int, of output: borrowing DatagramOutput, at now: LinkTime
  ) {
    for line in 0..<sockets.count { broadcast(index, of: output, onSocket: line) }
    for port in 0..<ports.count {
      ports[port].send(output.datagram(at: index), to: nil, &frame, at: now)
    }
  }

  private mutating func broadcast(
    _ index: Int, of output: borrowing DatagramOutput, onSocket line: Int
  ) {
    guard line < sockets.count else { return }
    for group in 0..<sockets[line].groups.count {
      sockets[line].send(output.datagram(at: index), to: sockets[line].groups[group])
    }
  }
}

import Datagrams
import MQTTSNGateway
import MQTTTerms
import Reactor
import SessionLink
import Slabs

extension SocketLine {
  /// Takes the datagrams that wait, a bounded number at a time.
  mutating func receive<Links: Hub & ~Copyable>(
    on line: UInt16, _ gateway: inout Gateway, _ hub: inout Links, _ links: inout LinkTable,
    _ commands: inout CommandQueue, at now: LinkTime
  ) throws(SystemError) {
    for _ in 0..<4 {
      let count = try socket.receiveBatch()
      received &+= UInt64(count)
      for index in 0..<count {
        let address = NodeAddress(socket.peer(at: index), line: line)
        gateway.take(
          socket.datagram(at: index), from: address, &hub, &links, &commands, at: now)
      }
      if count < UDPSocket.batchCapacity { return }
    }
  }
}

extension PortLine {
  /// Takes the datagrams that are whole with the octets read last.
  mutating func takeFrames<Links: Hub & ~Copyable>(
    on line: UInt16, _ gateway: inout Gateway, _ hub: inout Links, _ links: inout LinkTable,
    _ commands: inout CommandQueue, at now: LinkTime
  ) {
    guard let opened = port.take() else { return }
    let tick = TickTime(milliseconds: UInt32(truncatingIfNeeded: now))
    let address = NodeAddress(line: line)
    var next = 0
    while reader.push(opened.received, from: &next, at: tick) {
      totals.received &+= 1
      gateway.take(reader.frame, from: address, &hub, &links, &commands, at: now)
    }
    port = consume opened
  }
}

extension Gateway {
  /// Takes in a datagram and tells the hub what came of it.
  mutating func take<Links: Hub & ~Copyable>(
    _ datagram: Span<UInt8>, from address: NodeAddress, _ hub: inout Links,
    _ links: inout LinkTable, _ commands: inout CommandQueue, at now: LinkTime
  ) {
    tell(datagram, from: address, &hub, &links, &commands, at: now)
    handOnEvents(&hub, &commands, at: now)
  }

  private mutating func tell<Links: Hub & ~Copyable>(
    _ datagram: Span<UInt8>, from address: NodeAddress, _ hub: inout Links,
    _ links: inout LinkTable, _ commands: inout CommandQueue, at now: LinkTime
  ) {
    let step = receive(
      datagram, from: address, at: now, links: &links, messages: &hub.messages)
    switch step {
    case .none: break
    case .event(let link, let event):
      hub.handle(event, from: link, at: now, commands: &commands)
    case .anonymous(let publish): hub.receiveAnonymous(publish, commands: &commands)
    }
  }

  /// Tells the hub what borrows nothing.
  mutating func handOnEvents<Links: Hub & ~Copyable>(
    _ hub: inout Links, _ commands: inout CommandQueue, at now: LinkTime
  ) {
    while let next = nextEvent() {
      hub.handle(next.event, from: next.link, at: now, commands: &commands)
    }
  }
}

extension GatewayService {
  /// Takes what waits on a socket.
  mutating func receive<Links: Hub & ~Copyable>(
    fromSocket index: Int, _ hub: inout Links, _ links: inout LinkTable,
    _ commands: inout CommandQueue, at now: LinkTime
  ) {
    do {
      try sockets[index].receive(
        on: LineNumber.socket(index), &gateway, &hub, &links, &commands, at: now)
      sockets[index].isFailing = false
    } catch {
      if !sockets[index].isFailing { notices.append(.failed(error)) }
      sockets[index].isFailing = true
    }
  }

  /// Reads a serial line once and takes the datagrams that are whole now.
  mutating func receive<Links: Hub & ~Copyable>(
    fromPort index: Int, _ hub: inout Links, _ links: inout LinkTable,
    _ commands: inout CommandQueue, at now: LinkTime
  ) {
    guard let result = ports[index].port?.receive() else { return }
    switch result {
    case .bytes:
      ports[index].schedule.succeeded()
      ports[index].takeFrames(
        on: LineNumber.port(index), &gateway, &hub, &links, &commands, at: now)
    case .wouldBlock: break
    case .closed: lose(port: index, nil, at: now)
    case .failed(let code):
      let path = ports[index].settings.path
      lose(port: index, SystemError("read \(path)", code: code), at: now)
    }
  }
}

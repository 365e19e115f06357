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
        let address = NodeAddress(socket.peer(at: index), line: answeringLine ?? line)
        guard answeringLine == nil else {
          gateway.takeBroadcast(
            socket.datagram(at: index), from: address, at: now, hub: &hub, commands: &commands)
          continue
        }
        gateway.take(
          socket.datagram(at: index), from: address, at: now, hub: &hub, links: &links,
          commands: &commands)
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
    var next = 0
    while reader.push(opened.received, from: &next, at: tick) {
      totals.received &+= 1
      let address = source(on: line)
      gateway.take(
        reader.frame, from: address, at: now, hub: &hub, links: &links, commands: &commands)
    }
    port = consume opened
    radios.take(reader.radio)
    release(at: now)
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

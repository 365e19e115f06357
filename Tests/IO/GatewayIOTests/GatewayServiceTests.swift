import Datagrams
import Glibc
import MQTTSNGateway
import Reactor
import SerialFraming
import Slabs
import Testing

@testable import GatewayIO

/// CONNECT of a node called "n", Duration 10.
private let connect: [UInt8] = [7, 4, 4, 1, 0, 10, 0x6E]
/// PUBLISH of "21" at QoS 1 on the short topic "xy", MsgId 5.
private let publish: [UInt8] = [9, 0x0C, 0x22, 0x78, 0x79, 0, 5, 0x32, 0x31]
private let puback: [UInt8] = [7, 0x0D, 0x78, 0x79, 0, 5, 0]

private func frame(_ body: [UInt8], isOpening: Bool = true) -> [UInt8] {
  var bytes = Slab<UInt8>()
  try? bytes.write(room: 600) { (output) throws(FramingError) in
    try FrameWriter().encode(body.span, isOpening: isOpening, into: &output)
  }
  return copy(bytes.span)
}

private func copy(_ span: Span<UInt8>) -> [UInt8] {
  var bytes: [UInt8] = []
  for index in span.indices { bytes.append(span[index]) }
  return bytes
}

@Suite struct UDPLineTests {
  @Test func `a node on UDP connects and publishes`() throws {
    var bench = try ServiceBench()
    let gateway = try bench.listen()
    var node = try UDPSocket(address: .ipv4(127, 0, 0, 1, port: 0))
    var answers: [[UInt8]] = []
    for datagram in [connect, publish] {
      var batch = DatagramBatch()
      batch.append(datagram.span, to: gateway)
      batch.flush(to: node.number)
      try bench.tick()
      var reactor = try Reactor()
      try reactor.add(node.number, token: 0, interest: .readable)
      try reactor.wait(timeoutMilliseconds: 5000)
      let count = try node.receiveBatch()
      for index in 0..<count { answers.append(copy(node.datagram(at: index))) }
    }
    #expect(answers == [[3, 5, 0], puback])
    let received = bench.broker.statistics.publishesReceived
    let report = bench.service.line(at: 0)
    let notices = bench.notices()
    #expect(received == 1 && notices == ["listening", "connected"])
    #expect(report.counters.received == 2 && report.counters.sent == 2 && report.isOpen)
    #expect(report.name == "udp \(gateway)")
  }

  @Test func `an address is printed as people know it`() throws {
    var bench = try ServiceBench()
    _ = try bench.listen()
    let peer = SocketAddress.ipv4(10, 1, 2, 3, port: 4660)
    let place = bench.service.place(of: NodeAddress(peer, line: 0))
    #expect(place == "udp 10.1.2.3:4660")
    let other = try #require(try SocketAddress.resolve(host: "fe80::1%lo", port: 5).first)
    #expect(NodeAddress(other, line: 0).peer == other)
    #expect(NodeAddress(peer, line: 0).peer == peer)
    #expect(NodeAddress(line: 0, words: .init(0, 0, 0xFF << 48)).peer == nil)
  }
}

@Suite struct SerialPortTests {
  @Test func `a node on a serial line connects and publishes, noise or not`() throws {
    let terminal = try Terminal()
    var bench = try ServiceBench()
    bench.service.addSerialLine(SerialSettings(path: terminal.path), at: bench.now)
    bench.wait(0)
    try terminal.send([0x55, 0xAA, 0x7D] + frame(connect))
    try bench.tick()
    let first = try terminal.receive()
    #expect(first == frame([3, 5, 0]))
    // A frame in two pieces, then one whose checksum was hit.
    let whole = frame(publish)
    try terminal.send(Array(whole[..<6]))
    try bench.tick()
    try terminal.send(Array(whole[6...]))
    try bench.tick()
    let second = try terminal.receive()
    #expect(second == frame(puback))
    var hit = whole
    hit[4] ^= 1
    try terminal.send(hit)
    try bench.tick()
    let report = bench.service.line(at: 0)
    let notices = bench.notices()
    #expect(report.counters.received == 2 && report.counters.frames.checksumErrors == 1)
    #expect(report.name == terminal.path && notices == ["opened", "connected"])
  }

  @Test func `raw lines carry messages as they are`() throws {
    let terminal = try Terminal()
    var bench = try ServiceBench()
    bench.service.addSerialLine(
      SerialSettings(path: terminal.path, format: .raw), at: bench.now)
    bench.wait(0)
    try terminal.send(connect)
    try bench.tick()
    let first = try terminal.receive()
    try terminal.send(publish + [2, 0x16])
    try bench.tick()
    let then = try terminal.receive()
    // PINGRESP goes at once, PUBACK when the hub has answered.
    #expect(first == [3, 5, 0] && then == [2, 0x17] + puback)
  }

  @Test func `a line that is not there is told once and opened when it is`() throws {
    let link = "/tmp/martlet-gateway-\(getpid())-late"
    unlink(link)
    defer { unlink(link) }
    var bench = try ServiceBench()
    bench.service.addSerialLine(SerialSettings(path: link), at: bench.now)
    bench.wait(0)
    let early = bench.notices()
    #expect(early == ["unavailable"])
    let deadline = bench.service.nextDeadline
    #expect(deadline == bench.now + 100)
    for _ in 0..<20 { bench.wait(500) }
    let silence = bench.notices()
    #expect(silence.isEmpty)
    let terminal = try Terminal()
    #expect(symlink(terminal.path, link) == 0)
    bench.wait(500)
    let late = bench.notices()
    #expect(late == ["opened"])
  }

  @Test func `another reason why a line cannot be opened is told, too`() throws {
    let path = "/tmp/martlet-gateway-\(getpid())-reason"
    unlink(path)
    defer { unlink(path) }
    var bench = try ServiceBench()
    bench.service.addSerialLine(SerialSettings(path: path), at: bench.now)
    bench.wait(0)
    let missing = bench.notices()
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    bench.wait(500)
    bench.wait(500)
    let noTerminal = bench.notices()
    #expect(missing == ["unavailable"] && noTerminal == ["unavailable"])
  }

  @Test func `an unplugged line is opened again and half a frame is forgotten`() throws {
    let link = "/tmp/martlet-gateway-\(getpid())-unplug"
    unlink(link)
    defer { unlink(link) }
    var bench = try ServiceBench { $0.retryInterval = 1000 }
    bench.service.addSerialLine(SerialSettings(path: link), at: bench.now)
    do {
      let terminal = try Terminal()
      #expect(symlink(terminal.path, link) == 0)
      bench.wait(0)
      try terminal.send(frame(connect))
      try bench.tick()
      _ = try terminal.receive()
      try terminal.send(Array(frame(publish)[..<5]))
      try bench.tick()
      // Before its number is another terminal's.
      unlink(link)
    }
    try bench.tick()
    let lost = bench.notices()
    #expect(lost == ["opened", "connected", "lost"])
    bench.wait(100)
    bench.wait(200)
    let silence = bench.notices()
    #expect(silence.isEmpty)

    let terminal = try Terminal()
    #expect(symlink(terminal.path, link) == 0)
    bench.wait(400)
    let reopened = bench.notices()
    #expect(reopened == ["reopened"])
    // The node is still connected: it was not silent for long.
    try terminal.send(frame(publish))
    try bench.tick()
    let answer = try terminal.receive()
    #expect(answer == frame(puback))
    let counters = bench.service.line(at: 0).counters
    #expect(counters.reopened == 1 && counters.frames.checksumErrors == 0)
  }

  @Test func `a line is back at once when a port is plugged in, else within half a second`() throws
  {
    let link = "/tmp/martlet-gateway-\(getpid())-plug"
    unlink(link)
    defer { unlink(link) }
    var bench = try ServiceBench()
    bench.service.addSerialLine(SerialSettings(path: link), at: bench.now)
    for _ in 0..<9 { bench.wait(500) }
    let early = bench.notices()
    #expect(early == ["unavailable"])
    let wait = (bench.service.nextDeadline ?? .max) - bench.now
    #expect(wait <= 500)
    let terminal = try Terminal()
    #expect(symlink(terminal.path, link) == 0)
    bench.service.reopenPorts(&bench.reactor, at: bench.now)
    let late = bench.notices()
    #expect(late == ["opened"])
  }

  @Test func `errors are told at once, and then once a minute`() throws {
    let terminal = try Terminal()
    var bench = try ServiceBench()
    bench.service.addSerialLine(SerialSettings(path: terminal.path), at: bench.now)
    bench.wait(0)
    for _ in 0..<3 {
      try terminal.send([0x7E, 1, 2, 3, 4, 0x7E])
      try bench.tick()
      bench.wait(1000)
    }
    let first = bench.notices()
    #expect(first == ["opened", "errors"])
    let deadline = bench.service.nextDeadline
    #expect(deadline == bench.now + 58_000)
    bench.wait(57_999)
    bench.wait(1)
    bench.wait(60_000)
    let second = bench.notices()
    #expect(second == ["errors"])
  }

  @Test func `a node on a line that is gone is lost when its keep alive is over`() throws {
    let link = "/tmp/martlet-gateway-\(getpid())-silent"
    unlink(link)
    defer { unlink(link) }
    var bench = try ServiceBench()
    bench.service.addSerialLine(SerialSettings(path: link), at: bench.now)
    do {
      let terminal = try Terminal()
      #expect(symlink(terminal.path, link) == 0)
      bench.wait(0)
      try terminal.send(frame(connect))
      try bench.tick()
      unlink(link)
    }
    try bench.tick()
    _ = bench.notices()
    bench.wait(15_000)
    let notices = bench.notices()
    let clients = bench.broker.connectedClients
    #expect(notices == ["silent"] && clients == 0)
  }
}

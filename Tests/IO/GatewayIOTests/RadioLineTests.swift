import MQTTSNGateway
import Reactor
import SerialFraming
import Slabs
import Testing

@testable import GatewayIO

/// A radio as the gateway's own sees it.
private struct Radio {
  var wide: [UInt8]
  var short: [UInt8]

  static let first = Radio(wide: [0, 0x13, 0xA2, 0, 0x40, 0x61, 0x2B, 0xB1], short: [0x12, 0x34])
  static let second = Radio(wide: [0, 0x13, 0xA2, 0, 0x40, 0x61, 0x2B, 0xB2], short: [0xFF, 0xFE])
  static let everybody = Radio(wide: [0, 0, 0, 0, 0, 0, 0xFF, 0xFF], short: [0xFF, 0xFE])

  /// The packet with which a message of this radio arrives.
  func packet(_ message: [UInt8]) -> [UInt8] { apiFrame([0x90] + wide + short + [1] + message) }

  /// The request to send a message to this radio.
  func request(_ message: [UInt8], frame: UInt8) -> [UInt8] {
    apiFrame([0x10, frame] + wide + short + [0, 0] + message)
  }
}

/// An API frame in mode 2.
private func apiFrame(_ data: [UInt8]) -> [UInt8] {
  let inside =
    [UInt8(data.count >> 8), UInt8(data.count & 255)] + data
    + [0xFF &- data.reduce(0, &+)]
  return [0x7E]
    + inside.flatMap { [0x7E, 0x7D, 0x11, 0x13].contains($0) ? [0x7D, $0 ^ 0x20] : [$0] }
}

private func status(_ frame: UInt8, _ delivery: UInt8 = 0) -> [UInt8] {
  apiFrame([0x8B, frame, 0xFF, 0xFE, 0, delivery, 0])
}

/// CONNECT of a node with a name of one letter, Duration 10.
private func connect(_ name: UInt8) -> [UInt8] { [7, 4, 4, 1, 0, 10, name] }
private let connack: [UInt8] = [3, 5, 0]
private let pingreq: [UInt8] = [2, 0x16]
private let pingresp: [UInt8] = [2, 0x17]

@Suite struct RadioLineTests {
  private func line(
    on terminal: borrowing Terminal, advertising interval: UInt16 = 0
  ) throws -> ServiceBench {
    var bench = try ServiceBench { $0.advertiseInterval = interval }
    bench.service.addSerialLine(
      SerialSettings(path: terminal.path, format: .xbee2), at: bench.now)
    bench.wait(0)
    return bench
  }

  @Test func `many nodes share a line, each behind its own radio`() throws {
    let terminal = try Terminal()
    var bench = try line(on: terminal)
    try terminal.send(Radio.first.packet(connect(0x61)) + Radio.second.packet(connect(0x62)))
    try bench.tick()
    let answers = try terminal.receive()
    #expect(
      answers == Radio.first.request(connack, frame: 1) + Radio.second.request(connack, frame: 2))
    let first = bench.service.place(
      of: NodeAddress(line: 0x8000, words: .init(0x0013_A200_4061_2BB1, 0, 1)))
    let clients = bench.broker.connectedClients
    #expect(clients == 2 && first == "\(terminal.path) 0013A20040612BB1")
  }

  @Test func `a node keeps its session when the network gives its radio another address`() throws {
    let terminal = try Terminal()
    var bench = try line(on: terminal)
    try terminal.send(Radio.first.packet(connect(0x61)))
    try bench.tick()
    _ = try terminal.receive()
    let moved = Radio(wide: Radio.first.wide, short: [0x56, 0x78])
    try terminal.send(moved.packet(pingreq))
    try bench.tick()
    let answer = try terminal.receive()
    #expect(answer == moved.request(pingresp, frame: 2))
  }

  @Test func `a radio without a long address is known by its short one`() throws {
    let terminal = try Terminal()
    var bench = try line(on: terminal)
    let node = Radio(wide: Array(repeating: 0xFF, count: 8), short: [0, 7])
    try terminal.send(node.packet(connect(0x61)))
    try bench.tick()
    let answer = try terminal.receive()
    let place = bench.service.place(
      of: NodeAddress(line: 0x8000, words: .init(.max, 7, 1)))
    #expect(answer == node.request(connack, frame: 1) && place == "\(terminal.path) 0007")
  }

  @Test func `a broadcast goes to all radios at once`() throws {
    let terminal = try Terminal()
    _ = try line(on: terminal, advertising: 900)
    let advertise = try terminal.receive()
    #expect(advertise == Radio.everybody.request([5, 0, 1, 3, 0x84], frame: 1))
  }

  @Test func `a radio that answers gets the next frame when it has`() throws {
    let terminal = try Terminal()
    var bench = try line(on: terminal)
    try terminal.send(Radio.first.packet(connect(0x61)))
    try bench.tick()
    _ = try terminal.receive()
    try terminal.send(status(1))
    try bench.tick()
    try terminal.send(Radio.first.packet(pingreq) + Radio.first.packet(pingreq))
    try bench.tick()
    let one = try terminal.receive()
    #expect(one == Radio.first.request(pingresp, frame: 2))
    try terminal.send(status(2, 0x21))
    try bench.tick()
    let other = try terminal.receive()
    #expect(other == Radio.first.request(pingresp, frame: 3))
    let report = bench.service.line(at: 0).counters
    #expect(report.radio.delivered == 1 && report.radio.undelivered == 1 && report.sent == 3)
    #expect(report.octetsSent > 50 && report.octetsReceived > 80)
  }

  @Test func `a radio that answers no longer is not waited for`() throws {
    let terminal = try Terminal()
    var bench = try line(on: terminal)
    try terminal.send(Radio.first.packet(connect(0x61)))
    try bench.tick()
    _ = try terminal.receive()
    try terminal.send(status(1) + Radio.first.packet(pingreq) + Radio.first.packet(pingreq))
    try bench.tick()
    _ = try terminal.receive()
    bench.wait(999)
    bench.wait(1)
    let late = try terminal.receive()
    #expect(late == Radio.first.request(pingresp, frame: 3))
    try terminal.send(Radio.first.packet(pingreq) + Radio.first.packet(pingreq))
    try bench.tick()
    let both = try terminal.receive()
    #expect(both.count == 2 * Radio.first.request(pingresp, frame: 4).count)
  }

  @Test func `what waits for a radio is bounded, in order and forgotten with the line`() {
    var held = HeldFrames()
    var count = 0
    while held.append([UInt8](repeating: 1, count: 100).span) { count += 1 }
    let isEmpty = held.isEmpty
    #expect(count == 163 && !isEmpty)
    held.removeAll()
    let isEmptied = held.isEmpty
    #expect(isEmptied)
  }
}

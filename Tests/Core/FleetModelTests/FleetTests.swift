import BrokerCore
import MQTTSNGateway
import SessionLink
import Slabs
import Testing

@testable import FleetModel

/// A fleet, a gateway and the broker core in one place, over a network that loses datagrams.
private struct Field: ~Copyable {
  var gateway: Gateway
  var broker = Broker(
    limits: BrokerLimits(), policy: AccessPolicy(allowsAnonymous: true), seed: 1)
  var links = LinkTable()
  var nodes = Slab<FleetNode>()
  var now: UInt64 = 1000
  var network: FleetRandom
  /// How many datagrams in a thousand get lost.
  var lossPerMille: UInt64 = 0
  var commands = CommandQueue()

  init(nodes count: Int, seed: UInt64, _ adjust: (inout FleetSettings) -> Void = { _ in }) {
    var settings = FleetSettings()
    adjust(&settings)
    gateway = Gateway(options: GatewayOptions(), service: 1, seed: seed, at: 1000)
    network = FleetRandom(seed: seed)
    for index in 0..<count {
      let id = Array("node-\(index)".utf8)
      nodes.append(
        FleetNode(clientID: id.span, settings: settings, seed: seed + UInt64(index), at: 1000))
    }
  }

  /// Runs until `end`, from deadline to deadline.
  mutating func run(until end: UInt64) {
    while let next = nextDeadline, next <= end {
      now = max(now, next)
      for index in 0..<nodes.count {
        if let deadline = nodes[index].nextDeadline, deadline <= now {
          nodes[index].advance(to: now)
        }
      }
      gateway.advance(to: now, links: &links, messages: &broker.messages)
      handOn()
      settle()
    }
    now = end
  }

  mutating func finish() {
    for index in 0..<nodes.count { nodes[index].finish(at: now) }
    settle()
  }

  var counters: FleetCounters {
    var sum = FleetCounters()
    for index in 0..<nodes.count { sum += nodes[index].counters }
    return sum
  }

  private var nextDeadline: UInt64? {
    var next = gateway.nextDeadline
    for index in 0..<nodes.count {
      if let deadline = nodes[index].nextDeadline { next = min(deadline, next ?? deadline) }
    }
    return next
  }

  /// Carries datagrams to and fro until nobody has any.
  private mutating func settle() {
    var isQuiet = false
    while !isQuiet {
      isQuiet = true
      for index in 0..<nodes.count where carry(from: index) { isQuiet = false }
      if carryAnswers() { isQuiet = false }
    }
  }

  private var isLost: Bool {
    mutating get { network.next() % 1000 < lossPerMille }
  }

  private mutating func carry(from index: Int) -> Bool {
    var hasSent = false
    while true {
      var datagram = Slab<UInt8>()
      var isMore = false
      datagram.write(room: 256) { output in isMore = nodes[index].nextTransmit(into: &output) }
      guard isMore else { return hasSent }
      hasSent = true
      if !isLost { take(datagram, from: index) }
    }
  }

  private mutating func take(_ datagram: borrowing Slab<UInt8>, from index: Int) {
    gateway.take(
      datagram.span, from: NodeAddress(line: 0, words: .init(UInt64(index), 0, 0)), at: now,
      hub: &broker, links: &links, commands: &commands)
    handOn()
  }

  /// Hands on events and commands until there are none.
  private mutating func handOn() {
    repeat {
      gateway.tellEvents(at: now, hub: &broker, commands: &commands)
      var taken = CommandQueue()
      swap(&taken, &commands)
      for position in 0..<taken.commands.count {
        gateway.perform(
          taken.commands[position], of: taken, at: now, links: &links,
          messages: &broker.messages)
      }
    } while !commands.commands.isEmpty
  }

  private mutating func carryAnswers() -> Bool {
    var output = DatagramOutput()
    swap(&output, &gateway.output)
    for position in 0..<output.count {
      guard case .node(let address) = output.destination(at: position), !isLost else { continue }
      nodes[Int(address.words.first)].receive(output.datagram(at: position), at: now)
    }
    return output.count > 0
  }
}

@Suite struct FleetTests {
  @Test func `every reading of a healthy fleet is acknowledged`() {
    var field = Field(nodes: 50, seed: 11)
    field.run(until: 61_000)
    field.finish()
    field.run(until: 70_000)
    let counters = field.counters
    #expect(counters.sent == counters.acknowledged && counters.sent >= 50 * 58)
    #expect(counters.lost == 0 && counters.retransmitted == 0 && counters.connected == 50)
    let received = field.broker.statistics.publishesReceived
    let nodes = field.gateway.nodeCount
    #expect(received == counters.sent && nodes == 0)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `on a lossy network every reading is acknowledged or accounted for`(seed: UInt64) {
    var field = Field(nodes: 20, seed: seed) { $0.retryInterval = 1000 }
    field.lossPerMille = 200
    field.run(until: 301_000)
    field.lossPerMille = 0
    field.finish()
    field.run(until: 400_000)
    let counters = field.counters
    #expect(counters.retransmitted > 0 && counters.underWay == 0)
    #expect(counters.sent == counters.acknowledged + counters.lost + counters.refused)
    // At least once: nothing that was acknowledged is missing at the broker.
    let received = field.broker.statistics.publishesReceived
    #expect(received >= counters.acknowledged && counters.acknowledged > 1000)
    let held = field.broker.messages.count
    let nodes = field.gateway.nodeCount
    #expect(held == 0 && nodes == 0)
  }

  @Test func `the same seed gives the same fleet`() {
    var counters: [FleetCounters] = []
    for _ in 0..<2 {
      var field = Field(nodes: 5, seed: 99) { $0.retryInterval = 500 }
      field.lossPerMille = 300
      field.run(until: 60_000)
      counters.append(field.counters)
    }
    #expect(counters[0] == counters[1] && counters[0].sent > 0)
  }

  @Test func `a fleet comes back after its gateway was away`() {
    var field = Field(nodes: 10, seed: 5) { $0.retryInterval = 500 }
    field.run(until: 10_000)
    let before = field.counters.connected
    field.lossPerMille = 1000
    field.run(until: 40_000)
    field.lossPerMille = 0
    field.run(until: 60_000)
    let after = field.counters.connected
    let lost = field.counters.lost
    #expect(before == 10 && after >= 20 && lost >= 10)
  }

  @Test func `a gateway that has forgotten a node makes it connect again`() {
    var field = Field(nodes: 1, seed: 5)
    field.run(until: 5000)
    // A new gateway at the same address.
    field.gateway = Gateway(options: GatewayOptions(), service: 1, seed: 2, at: field.now)
    field.run(until: 30_000)
    let counters = field.counters
    #expect(counters.connected == 2 && counters.lost == 1)
    #expect(counters.acknowledged >= 15)
  }

  @Test func `a temperature is text with one digit after the point`() {
    var random = FleetRandom(seed: 3)
    var thermometer = Thermometer(random: &random)
    for _ in 0..<1000 {
      let reading = thermometer.read(random: &random)
      let text = (0..<reading.count).map { Character(UnicodeScalar(reading[$0])) }
      let value = Double(String(text)) ?? 0
      #expect(text.count == 4 && text[2] == "." && value >= 10 && value < 40)
    }
  }
}

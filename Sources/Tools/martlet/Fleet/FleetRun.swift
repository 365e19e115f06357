import CommandKit
import Datagrams
import FleetModel
import Glibc
import Reactor
import Slabs

/// A fleet under way: nodes, their sockets or line, and the clock.
struct FleetRun: ~Copyable {
  private static let signalToken = UInt64.max
  private static let reportInterval: UInt64 = 5000
  /// How long the nodes may take to leave.
  private static let patience: UInt64 = 3000

  private var reactor: Reactor
  private let signals: SignalReader
  private var nodes = Slab<FleetNode>()
  private var lines = Slab<FleetLine>()
  private var batch = DatagramBatch()
  private var frame = Slab<UInt8>()
  private let start: UInt64
  private var endAt: UInt64
  private var isFinishing = false

  private init(_ reactor: consuming Reactor, _ signals: consuming SignalReader, seconds: UInt64) {
    self.reactor = reactor
    self.signals = signals
    start = MonotonicClock.now()
    endAt = start + seconds * 1000
  }

  /// Opens what the plan needs.
  static func start(_ plan: FleetPlan) throws(SystemError) -> FleetRun {
    let signals = try SignalReader(SIGTERM, SIGINT)
    var reactor = try Reactor()
    try reactor.add(signals.number, token: Self.signalToken, interest: .readable)
    var run = FleetRun(reactor, signals, seconds: plan.seconds)
    switch plan.way {
    case .udp(let host, let port):
      let gateway = try SocketAddress.resolve(host: host, port: port)[0]
      for _ in 0..<plan.nodes { run.lines.append(try FleetLine(toward: gateway)) }
    case .serial(let path, let baud, let format):
      run.lines.append(try FleetLine(path: path, baud: baud, format: format))
    }
    try run.board(plan)
    return run
  }

  private mutating func board(_ plan: FleetPlan) throws(SystemError) {
    for index in 0..<lines.count {
      try reactor.add(lines[index].number, token: UInt64(index), interest: .readable)
      let id = Array("\(plan.identifier)-\(index + 1)".utf8)
      nodes.append(
        FleetNode(
          clientID: id.span, settings: plan.settings, seed: plan.seed &+ UInt64(index), at: start))
    }
  }

  /// Runs to the end; tells whether any node ever had a session.
  mutating func run(_ output: inout StandardOutput) throws(SystemError) -> Bool {
    var reportAt = start + Self.reportInterval
    var now = start
    while !isOver(at: now) {
      try reactor.wait(timeoutMilliseconds: timeout(at: now, until: reportAt))
      now = MonotonicClock.now()
      try takeEvents(at: now)
      advance(to: now)
      if now >= reportAt {
        report(at: now, &output)
        reportAt = isFinishing ? .max : reportAt + Self.reportInterval
      }
      if now >= endAt, !isFinishing { finish(at: now) }
    }
    write("end: \(nodes.count) nodes", &output)
    return counters.connected > 0
  }

  private var counters: FleetCounters {
    var sum = FleetCounters()
    for index in 0..<nodes.count { sum += nodes[index].counters }
    return sum
  }

  private func isOver(at now: UInt64) -> Bool {
    guard isFinishing else { return false }
    if now >= endAt + Self.patience { return true }
    for index in 0..<nodes.count where !nodes[index].isFinished { return false }
    return true
  }

  private func timeout(at now: UInt64, until reportAt: UInt64) -> Int {
    var next = min(reportAt, isFinishing ? endAt + Self.patience : endAt)
    for index in 0..<nodes.count {
      if let deadline = nodes[index].nextDeadline { next = min(next, deadline) }
    }
    return next > now ? Int(next - now) : 0
  }

  private mutating func takeEvents(at now: UInt64) throws(SystemError) {
    for position in 0..<reactor.eventCount {
      let event = reactor.event(at: position)
      if event.token == Self.signalToken {
        while signals.next() != nil { endAt = min(endAt, now) }
      } else {
        let index = Int(event.token)
        try lines[index].receive(&nodes[index], at: now)
        lines[index].send(&nodes[index], &batch, &frame)
      }
    }
  }

  private mutating func finish(at now: UInt64) {
    isFinishing = true
    endAt = now
    for index in 0..<nodes.count {
      nodes[index].finish(at: now)
      lines[index].send(&nodes[index], &batch, &frame)
    }
  }

  private mutating func advance(to now: UInt64) {
    for index in 0..<nodes.count {
      guard let deadline = nodes[index].nextDeadline, deadline <= now else { continue }
      nodes[index].advance(to: now)
      lines[index].send(&nodes[index], &batch, &frame)
    }
  }

  /// One line while the fleet runs.
  private func report(at now: UInt64, _ output: inout StandardOutput) {
    var connected = 0
    for index in 0..<nodes.count where nodes[index].isConnected { connected += 1 }
    write("\((now - start) / 1000) s: \(connected) of \(nodes.count) nodes connected", &output)
  }

  private func write(_ heading: String, _ output: inout StandardOutput) {
    let sum = counters
    output.write(
      line: "\(heading), \(sum.sent) sent, \(sum.acknowledged) acknowledged, \(sum.lost) lost, "
        + "\(sum.refused) refused, \(sum.underWay) under way, "
        + "\(sum.retransmitted) retransmitted")
    output.flush()
  }
}

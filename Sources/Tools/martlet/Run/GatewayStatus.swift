import BrokerIO
import GatewayIO
import MQTTSNGateway
import Reactor
import SessionLink

/// `$SYS/broker/gateway/…`: what there is to see of lines and nodes, as retained messages.
///
/// Only values that have changed are published, and at most `portion` nodes a step, so that a large
/// fleet does not hold up the loop. Nodes are shown as long as somebody subscribes to them: each costs
/// seven retained messages.
struct GatewayStatus {
  private static let root = "$SYS/broker/gateway"
  /// What `Broker.isWatched` is about.
  static let nodes = "\(root)/nodes"
  private static let portion = 250
  /// Nodes that are gone and still shown: the oldest of more is forgotten.
  private static let departedLimit = 1000

  private var interval: LinkTime
  private var roundAt: LinkTime
  /// The next node of the round that is under way.
  private var next = 0
  private var rows: [String: Row] = [:]
  private var isWatched = false
  private var departed: [String] = []

  /// The values of one node or line as they were published last.
  private struct Row {
    var values: [String: String] = [:]
  }

  /// A round every `interval` milliseconds; 0 for none.
  init(interval: LinkTime, at now: LinkTime) {
    self.interval = interval
    roundAt = now
  }

  /// Starts another interval; 0 for none.
  mutating func publish(every interval: LinkTime, from now: LinkTime) {
    guard interval != self.interval else { return }
    self.interval = interval
    roundAt = now
  }

  /// When `publish` has something to do.
  var nextDeadline: LinkTime? { interval == 0 ? nil : roundAt }

  /// Publishes the next portion, when it is time.
  mutating func publish(
    _ gateway: borrowing GatewayService, to broker: inout BrokerService, at now: LinkTime
  ) {
    guard interval > 0 else { return }
    if broker.broker.isWatched != isWatched { turn(&broker, at: now) }
    guard roundAt <= now else { return }
    if next == 0 {
      if gateway.lineCount > 0 { publishTotals(gateway.gateway, &broker) }
      publishLines(gateway, &broker)
    }
    let end = isWatched ? min(next + Self.portion, gateway.gateway.nodeIndexBound) : next
    while next < end {
      publishNode(next, gateway, &broker, at: now)
      next += 1
    }
    if !isWatched || next >= gateway.gateway.nodeIndexBound {
      next = 0
      roundAt = now + interval
    }
  }

  /// Starts to show nodes at once, or forgets them all.
  private mutating func turn(_ broker: inout BrokerService, at now: LinkTime) {
    isWatched = broker.broker.isWatched
    next = 0
    if isWatched { roundAt = now }
    guard !isWatched else { return }
    departed = []
    for name in rows.keys where name.hasPrefix("nodes/") { withdraw(name, &broker) }
  }

  /// Shows that a node has gone, and how.
  mutating func depart(_ clientID: String, _ state: String, _ broker: inout BrokerService) {
    let name = "nodes/\(Self.level(clientID))"
    guard rows[name] != nil else { return }
    set("state", of: name, to: state, &broker)
    // One that comes and goes is one of them all the same.
    departed.removeAll { $0 == name }
    departed.append(name)
    if departed.count > Self.departedLimit { forget(departed.removeFirst(), &broker) }
  }

  private mutating func publishLines(
    _ gateway: borrowing GatewayService, _ broker: inout BrokerService
  ) {
    for index in 0..<gateway.lineCount {
      let line = gateway.line(at: index)
      let name = "lines/\(Self.level(line.name))"
      set("state", of: name, to: line.isOpen ? "open" : "closed", &broker)
      set("received", of: name, to: "\(line.counters.received)", &broker)
      set("sent", of: name, to: "\(line.counters.sent)", &broker)
      set("dropped", of: name, to: "\(line.counters.dropped)", &broker)
      set("errors", of: name, to: "\(line.counters.frames.errorCount)", &broker)
      set("reopened", of: name, to: "\(line.counters.reopened)", &broker)
      if line.isSerial { publishOctets(line.counters, of: name, &broker) }
    }
  }

  /// What only serial lines have.
  private mutating func publishOctets(
    _ counters: LineCounters, of name: String, _ broker: inout BrokerService
  ) {
    let frames = counters.frames
    let fields: [(String, UInt64)] = [
      ("bytes_received", counters.octetsReceived), ("bytes_sent", counters.octetsSent),
      ("checksum_errors", UInt64(frames.checksumErrors)),
      ("resyncs", UInt64(frames.resyncs)), ("bytes_discarded", UInt64(frames.discardedOctets)),
      ("overruns", UInt64(frames.oversized) + counters.driver.overruns),
      ("driver_overruns", counters.driver.overruns),
      ("framing_errors", counters.driver.framing),
      ("undelivered", UInt64(counters.radio.undelivered)),
      ("other_frames", UInt64(counters.radio.others)),
    ]
    for (field, value) in fields { set(field, of: name, to: "\(value)", &broker) }
  }

  private mutating func publishNode(
    _ index: Int, _ gateway: borrowing GatewayService, _ broker: inout BrokerService,
    at now: LinkTime
  ) {
    guard let node = gateway.gateway.node(at: index), let state = Self.word(for: node.state)
    else { return }
    let name = "nodes/\(Self.level(text(gateway.gateway.clientID(at: index))))"
    let age = Int64(clamping: (now - min(node.lastHeard, now)) / 1000)
    set("state", of: name, to: state, &broker)
    set("link", of: name, to: gateway.place(of: node.address), &broker)
    set("heard", of: name, to: "\(WallClock.seconds() - age)", &broker)
    set("messages", of: name, to: "\(node.counters.publishesReceived)", &broker)
    set("sent", of: name, to: "\(node.counters.publishesSent)", &broker)
    set("retransmissions", of: name, to: "\(node.counters.retransmissions)", &broker)
    set("reading", of: name, to: text(node.lastReading.bytes), &broker)
  }

  mutating func set(
    _ field: String, of name: String, to value: String, _ broker: inout BrokerService
  ) {
    guard rows[name, default: Row()].values.updateValue(value, forKey: field) != value else {
      return
    }
    broker.publish("\(Self.root)/\(name)/\(field)", value)
  }

  private mutating func forget(_ name: String, _ broker: inout BrokerService) {
    if !Self.isHere(rows[name]?.values["state"] ?? "") { withdraw(name, &broker) }
  }

  private mutating func withdraw(_ name: String, _ broker: inout BrokerService) {
    guard let row = rows.removeValue(forKey: name) else { return }
    for field in row.values.keys { broker.publish("\(Self.root)/\(name)/\(field)", "") }
  }

  /// What a state is called; nothing for a node that has no session yet.
  private static func word(for state: NodeState) -> String? {
    switch state {
    case .connecting: nil
    case .active: "active"
    case .asleep: "asleep"
    case .late: "late"
    case .awake: "awake"
    }
  }

  private static func isHere(_ state: String) -> Bool {
    ["active", "asleep", "late", "awake"].contains(state)
  }

  /// A text as one topic level: what would mean something in a topic is replaced.
  static func level(_ text: String) -> String {
    // By scalars: a combining accent makes another character of a "#", and leaves the octet.
    String(String.UnicodeScalarView(text.unicodeScalars.map { isSafe($0) ? $0 : "_" }))
  }

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "/" && scalar != "+" && scalar != "#" && scalar != "\0"
  }

  private func text(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    for index in 0..<bytes.count { copy.append(bytes[index]) }
    return String(decoding: copy, as: UTF8.self)
  }
}

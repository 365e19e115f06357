import ClientIO
import CommandKit
import Datagrams
import MQTTSNCodec
import MQTTTerms
import Reactor
import Slabs

/// A run under way: the nodes, the subscriber, and what was counted.
struct LoadRun: ~Copyable {
  /// The reactor's token of the subscriber; below are the nodes'.
  static let subscriberToken = UInt64(1) << 32
  /// How long nothing may move before what is missing counts as lost, in milliseconds.
  static let patience: UInt64 = 5000

  let plan: LoadPlan
  /// Tells this run's messages from others'.
  let number = UInt32.random(in: .min ... .max)
  var reactor: Reactor
  var nodes = Slab<LoadNode>()
  /// The nodes that may have something to send.
  var listed = Slab<UInt32>()
  var subscriber: ClientStream?
  var inbox = DatagramInbox()
  var batch = DatagramBatch()
  var payload = Slab<UInt8>()

  var counts = LoadCounts()
  var answerTimes = Latencies()
  var arrivalTimes = Latencies()
  /// When the one message was sent, in nanoseconds.
  var sentAt: UInt64 = 0
  /// Whether messages are timed and new ones sent.
  var isMeasuring = false
  var isEnding = false
  /// How many nodes have begun to connect, and how many are done with it.
  var begunCount = 0
  var readyCount = 0

  private init(_ plan: LoadPlan, _ reactor: consuming Reactor) {
    self.plan = plan
    self.reactor = reactor
    for index in 0..<plan.payload { payload.append(UInt8(truncatingIfNeeded: index)) }
  }

  /// Runs a plan and prints what came of it; tells whether all went well.
  static func run(_ plan: LoadPlan, _ output: inout StandardOutput) throws(BenchError) -> Bool {
    var run = try open(plan)
    let start = try ProcessFigures(of: plan.processes)
    try run.prepare()
    guard plan.publishes else {
      try run.turn(until: MonotonicClock.now() + plan.warmUp)
      LoadReport.connected(plan, from: start, to: try ProcessFigures(of: plan.processes), &output)
      return try run.end()
    }
    let interval = try run.measure()
    let isWhole = try run.end()
    LoadReport.load(run, interval, &output)
    return isWhole
  }

  private static func open(_ plan: LoadPlan) throws(BenchError) -> LoadRun {
    do throws(SystemError) {
      Descriptor.raiseLimit()
      var run = LoadRun(plan, try Reactor())
      let place = try SocketAddress.resolve(host: plan.gateway.host, port: plan.gateway.port)[0]
      for index in 0..<plan.nodes {
        let socket = try ConnectedSocket(to: place)
        try run.reactor.add(socket.number, token: UInt64(index), interest: .readable)
        run.nodes.append(LoadNode(socket))
      }
      return run
    } catch { throw BenchError(error) }
  }

  /// Gets everything ready for the first message.
  private mutating func prepare() throws(BenchError) {
    guard plan.peer == .gateway else {
      for index in 0..<nodes.count { nodes[index].stage = .ready }
      return
    }
    if plan.publishes { try subscribe() }
    try connectAll()
  }

  /// Lets the load run and looks at the clocks at both ends of the measured interval.
  private mutating func measure() throws(BenchError) -> LoadInterval {
    for index in 0..<nodes.count { list(index) }
    try turn(until: MonotonicClock.now() + plan.warmUp)
    var interval = LoadInterval(start: try ProcessFigures(of: plan.processes), before: counts)
    isMeasuring = true
    try turn(until: MonotonicClock.now() + plan.duration)
    isMeasuring = false
    interval.end = try ProcessFigures(of: plan.processes)
    interval.after = counts
    return interval
  }

  private mutating func turn(until end: UInt64) throws(BenchError) {
    var now = MonotonicClock.now()
    while now < end {
      sendAll()
      try wait(Int(end - now))
      now = MonotonicClock.now()
    }
  }

  /// Waits for what is still under way, and lets the nodes leave. True when nothing is missing.
  private mutating func end() throws(BenchError) -> Bool {
    isEnding = true
    var quietSince = MonotonicClock.now()
    var before = counts.moves
    while missing > 0, MonotonicClock.now() - quietSince < Self.patience {
      try wait(100)
      if counts.moves != before { quietSince = MonotonicClock.now() }
      before = counts.moves
    }
    counts.lost = missing
    leave()
    return counts.isWhole
  }

  /// How many messages and answers are missing.
  private var missing: Int {
    var sum = 0
    for index in 0..<nodes.count {
      sum += nodes[index].arrived.missing(of: nodes[index].sent)
      if plan.waitsForAnswers { sum += nodes[index].answered.missing(of: nodes[index].sent) }
    }
    return sum
  }

  /// Waits for datagrams and deliveries, and takes them.
  mutating func wait(_ milliseconds: Int) throws(BenchError) {
    do throws(SystemError) {
      try reactor.wait(timeoutMilliseconds: milliseconds)
      for position in 0..<reactor.eventCount {
        let token = reactor.event(at: position).token
        if token == Self.subscriberToken {
          try takeDeliveries()
        } else {
          receive(node: Int(token))
        }
      }
    } catch { throw BenchError(error) }
    if counts.isInterrupted { throw BenchError("Interrupted.") }
    if plan.peer == .gateway, plan.publishes, subscriber?.isOver ?? true {
      throw BenchError("The subscriber has lost its broker.")
    }
  }
}

/// What was counted since the start.
struct LoadCounts: BitwiseCopyable {
  var sent = 0
  var arrived = 0
  var answered = 0
  /// Messages that came twice, or that nobody has sent.
  var surplus = 0
  /// PUBLISH and REGISTER that were answered with an error, and nodes that were sent away.
  var refused = 0
  /// What never came.
  var lost = 0
  var isInterrupted = false

  var moves: Int { arrived &+ answered }
  var isWhole: Bool { lost == 0 && refused == 0 && surplus == 0 }
}

/// The measured part of a run.
struct LoadInterval {
  var start: ProcessFigures
  var before: LoadCounts
  var end: ProcessFigures
  var after: LoadCounts

  init(start: ProcessFigures, before: LoadCounts) {
    (self.start, end) = (start, start)
    (self.before, after) = (before, before)
  }

  /// In nanoseconds.
  var length: UInt64 { max(end.moment - start.moment, 1) }
  var arrived: Int { after.arrived - before.arrived }
}

import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor

/// What `martlet sub` and `martlet rr` do with their connection.
struct Subscriber {
  /// What is to be done before it is over.
  struct Plan {
    let requests: [Request]
    var endsWhenSubscribed = false
    /// How many messages are shown.
    var messageLimit: Int?
    /// How long it goes on.
    var seconds: Int?
    var retained = RetainedWishes()
    var question: Question?
    /// Whether a connection that is lost is made again.
    var triesAgain = true
  }

  let options: ClientOptions
  let plan: Plan
  private let deadline: UInt64?
  var display: MessageDisplay
  var trace: PacketTrace
  var progress = Progress()
  /// Why the broker has ended the connection.
  var departure: String?
  var messageCount = 0
  /// Topics whose retained messages the broker is to forget.
  var stale: [[UInt8]] = []
  private(set) var status: Int32?

  init(_ options: ClientOptions, _ plan: Plan, _ display: MessageDisplay) {
    self.options = options
    self.plan = plan
    self.display = display
    deadline = plan.seconds.map { MonotonicClock.now() + UInt64($0) * 1_000 }
    trace = PacketTrace(
      isOn: options.isDebugging, clientIdentifier: options.settings.clientIdentifier)
  }

  /// Shows messages until something ends it; gives the exit status.
  mutating func run(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) -> Int32 {
    defer { display.finish(&output) }
    do throws(OpeningError) { try open(&stream, &output) } catch {
      let ending = error.ending
      if let words = ending.words { options.complain(words) }
      return ending.status
    }
    while status == nil {
      try step(&stream, &output)
      guard stream.isOver, status == nil else { continue }
      if let ending = stream.handshakeEnding {
        fail(ending.status, ending.words)
        continue
      }
      guard plan.triesAgain else {
        fail(ClientStatus.connectionLost, departure ?? stream.lossWords)
        continue
      }
      try openAgain(&stream, &output)
    }
    if stream.isConnected { trace.sent("DISCONNECT", &output) }
    stream.finish(
      until: MonotonicClock.now() + 2_000, properties: options.properties[.disconnect])
    return status ?? ClientStatus.done
  }

  private mutating func open(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(OpeningError) {
    progress = Progress(plan.requests)
    try stream.open(
      host: options.hostName, port: options.portNumber, options.settings, until: deadline)
    trace.sent("CONNECT", &output)
  }

  private mutating func step(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    let readiness = try stream.wait(until: nextDeadline)
    takeEvents(&stream, &output)
    clearStale(&stream)
    display.advance(to: MonotonicClock.now(), &output)
    output.flush()
    if departure != nil { return stream.close() }
    sendRequests(&stream, &output)
    ask(&stream, &output)
    if status != nil { return }
    if readiness.contains(.signal) || output.isBroken { end() }
    giveUp()
  }

  /// When there is something to do, whatever the broker sends.
  private var nextDeadline: UInt64? {
    [deadline, display.nextDeadline].compactMap { $0 }.min()
  }

  /// Ends it where the time of -W is over.
  private mutating func giveUp() {
    if let deadline, deadline <= MonotonicClock.now() { fail(ClientStatus.timedOut, "Timed out.") }
  }

  /// Waits a second and connects again, until that succeeds or something ends it.
  private mutating func openAgain(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    if status != nil { return }
    options.warn(departure ?? stream.lossWords)
    departure = nil
    while status == nil, stream.isOver {
      try pause(&stream, &output)
      giveUp()
      if status != nil { return }
      do throws(OpeningError) { try open(&stream, &output) } catch {
        if case .system = error { continue }
        let ending = error.ending
        fail(ending.status, ending.words)
      }
    }
  }

  /// Waits a second, or until a signal comes.
  private mutating func pause(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    let end = min(MonotonicClock.now() + 1_000, deadline ?? .max)
    while status == nil, MonotonicClock.now() < end {
      let limit = min(end, display.nextDeadline ?? .max)
      if try stream.wait(until: limit).contains(.signal) { self.end() }
      display.advance(to: MonotonicClock.now(), &output)
      output.flush()
    }
  }

  /// Ends it well.
  mutating func end() { status = ClientStatus.done }

  /// Ends it with that status.
  mutating func fail(_ code: Int32, _ words: String?) {
    if let words { options.complain(words) }
    status = code
  }
}

extension Subscriber {
  /// What is done about retained messages.
  struct RetainedWishes {
    /// Whether the first message that is none ends it.
    var endsWithOthers = false
    /// Whether the broker is to forget them.
    var isCleared = false
  }

  /// A subscription, or the end of one.
  struct Request {
    let filter: [UInt8]
    /// What a subscription asks for; nil where it is to end.
    let options: SubscriptionOptions?

    var isEnd: Bool { options == nil }
  }

  /// How far the requests of a connection have come.
  struct Progress {
    /// How many requests were sent.
    var sent = 0
    /// How many subscriptions are to be answered, and were refused.
    var unanswered = 0, refused = 0
    /// How many ends of subscriptions are to be answered.
    var ending = 0
    /// When the question was sent, in nanoseconds of the monotonic clock.
    var askedAt: UInt64?
    /// The question of a session of before that the broker has not acknowledged.
    var unacknowledged: PacketIdentifier?

    /// Nothing was sent yet.
    init(_ requests: [Request] = []) {
      unanswered = requests.count { !$0.isEnd }
      ending = requests.count - unanswered
    }
  }
}

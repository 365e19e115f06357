import ClientIO
import CommandKit
import MQTTSNClient
import MQTTSNCodec
import MQTTTerms
import Reactor

/// What `martlet sub --sn` does with its gateway.
struct NodeSubscriber {
  /// A subscription, or the end of one.
  struct Request {
    let topic: NodeTopic
    let isEnd: Bool
  }

  private let options: NodeOptions
  private let requests: [Request]
  private let qos: QoS
  private let form: MessageForm
  private let endsWhenSubscribed: Bool
  private let messageLimit: Int?
  /// How long it sleeps between two looks, in seconds; nil where it stays awake.
  private let sleepSeconds: UInt16?
  private let deadline: UInt64?
  private let trace: NodeTrace

  /// The names that ids stand for.
  private var names: [UInt16: [UInt8]] = [:]
  /// How many requests are answered, and were refused, in this session.
  private var answered = 0, refused = 0
  private var wasConnected = false
  /// When to wake, and when to connect again.
  private var wakeAt: UInt64?, connectAt: UInt64?
  private var messageCount = 0
  private var status: Int32?

  init(
    _ options: NodeOptions, requests: [Request], qos: QoS, form: MessageForm,
    endsWhenSubscribed: Bool, messageLimit: Int?, seconds: Int?, sleepSeconds: UInt16?
  ) {
    self.options = options
    self.requests = requests
    self.qos = qos
    self.form = form
    self.endsWhenSubscribed = endsWhenSubscribed
    self.messageLimit = messageLimit
    self.sleepSeconds = sleepSeconds
    deadline = seconds.map { MonotonicClock.now() + UInt64($0) * 1_000 }
    trace = NodeTrace(clientIdentifier: options.settings.clientIdentifier)
  }

  /// Shows messages until something ends it; gives the exit status.
  mutating func run(
    _ stream: inout NodeStream, _ output: inout StandardOutput
  ) throws(SystemError) -> Int32 {
    stream.isTraced = options.isDebugging
    try open(&stream)
    while status == nil { try step(&stream, &output) }
    stream.finish(until: MonotonicClock.now() + 2_000)
    trace.show(&stream, &output)
    return status ?? ClientStatus.done
  }

  private mutating func open(_ stream: inout NodeStream) throws(SystemError) {
    (answered, refused) = (0, 0)
    (wakeAt, connectAt) = (nil, nil)
    try stream.open(options.route)
    do throws(ClientError) { try stream.connect() } catch { fail(error, of: "session") }
  }

  private mutating func step(
    _ stream: inout NodeStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    let readiness = try stream.wait(until: [deadline, wakeAt, connectAt].compactMap { $0 }.min())
    takeEvents(&stream, &output)
    trace.show(&stream, &output)
    output.flush()
    if stream.isOver, connectAt == nil, status == nil {
      lost(ClientStatus.connectionLost, stream.failure.map { "\($0)." } ?? "The line was lost.")
    }
    if readiness.contains(.signal) || output.isBroken { status = status ?? ClientStatus.done }
    if status == nil { try watchClock(&stream) }
    if status == nil { proceed(&stream) }
  }

  private mutating func takeEvents(
    _ stream: inout NodeStream, _ output: inout StandardOutput
  ) {
    while status == nil, let event = nextEvent(&stream) {
      trace.show(&stream, &output)
      switch event {
      case .reading(let topic, let payload, let isRetained):
        let isShown = form.write(
          topic: name(of: topic).span, payload: payload.span, isRetained: isRetained, &output)
        if isShown { count() }
      case .topic(let id, let name): names[id] = name
      case .client(let event): take(event)
      }
    }
  }

  private func nextEvent(_ stream: inout NodeStream) -> OwnEvent? {
    switch stream.next() {
    case .message(let message):
      .reading(message.topic, Array(of: message.payload), isRetained: message.isRetained)
    case .topic(let topic): .topic(topic.topicID, Array(of: topic.topicName))
    case .client(let event): .client(event)
    case nil: nil
    }
  }

  private func name(of topic: TopicReference) -> [UInt8] {
    if case .normal(let id) = topic, let name = names[id] { return name }
    return Array(topic.words.utf8)
  }

  private mutating func count() {
    messageCount += 1
    if messageCount == messageLimit { status = ClientStatus.done }
  }

  private mutating func take(_ event: ClientEvent) {
    switch event {
    case .connected: wasConnected = true
    case .subscribed(let id, _):
      if case .name(let name) = requests[answered].topic, id != 0 { names[id] = name }
      answered += 1
    case .unsubscribed: answered += 1
    case .refused(.connect, let code):
      let pause = event.waitInterval.map { UInt64($0) }
      lost(Int32(code.rawValue), "Connection refused: \(code.words).", pause: pause)
    case .refused(.subscribe, let code):
      options.warn("Subscribing to \(requests[answered].topic.words) failed: \(code.words).")
      answered += 1
      refused += 1
    case .asleep: wakeAt = sleepSeconds.map { MonotonicClock.now() + UInt64($0) * 1_000 }
    case .disconnected: lost(ClientStatus.connectionLost, "The gateway ended the connection.")
    case .lost: lost(ClientStatus.notAnswered, "The gateway did not answer in time.")
    default: break
    }
  }

  /// A session that was there once is opened again after a pause in milliseconds.
  private mutating func lost(_ code: Int32, _ words: String, pause: UInt64? = nil) {
    if wasConnected {
      options.warn(words)
      connectAt = MonotonicClock.now() + (pause ?? 1_000)
      wakeAt = nil
    } else {
      fail(code, words)
    }
  }

  private mutating func watchClock(_ stream: inout NodeStream) throws(SystemError) {
    let now = MonotonicClock.now()
    if let deadline, deadline <= now { return fail(ClientStatus.timedOut, "Timed out.") }
    if let time = wakeAt, time <= now {
      wakeAt = nil
      do throws(ClientError) { try stream.wake() } catch { fail(error, of: "waking") }
    }
    guard let time = connectAt, time <= now else { return }
    do throws(SystemError) { try open(&stream) } catch {
      // A line that is unplugged is tried again.
      connectAt = now + 1_000
    }
  }

  /// Makes the next request; when all are answered it ends, or sleeps.
  private mutating func proceed(_ stream: inout NodeStream) {
    guard stream.state == .active, stream.isFree, connectAt == nil else { return }
    if answered < requests.count {
      do throws(ClientError) { try send(requests[answered], &stream) } catch {
        fail(error, of: "subscription")
      }
      return
    }
    if requests.allSatisfy(\.isEnd) { return status = ClientStatus.done }
    if refused == requests.count(where: { !$0.isEnd }) {
      return fail(ClientStatus.failed, "All subscription requests were denied.")
    }
    if endsWhenSubscribed { return status = ClientStatus.done }
    guard let sleepSeconds else { return }
    do throws(ClientError) { try stream.fallAsleep(for: duration(of: sleepSeconds)) } catch {
      fail(error, of: "sleep")
    }
  }

  private func send(
    _ request: Request, _ stream: inout NodeStream
  ) throws(ClientError) {
    try request.topic.withTopic { (topic) throws(ClientError) in
      if request.isEnd {
        try stream.unsubscribe(topic)
      } else {
        try stream.subscribe(topic, qos: qos)
      }
    }
  }

  /// What the gateway is told: the time of a few repetitions more, so that a lost PINGREQ does not
  /// make it publish the will.
  private func duration(of seconds: UInt16) -> UInt16 {
    let settings = options.settings
    let slack = settings.retryInterval * UInt32(settings.retryLimit) / 1_000
    return UInt16(clamping: UInt32(seconds) + slack + 1)
  }

  private mutating func fail(_ error: ClientError, of thing: String) {
    let ending = error.ending(of: thing)
    fail(ending.status, ending.words)
  }

  private mutating func fail(_ code: Int32, _ words: String) {
    options.complain(words)
    status = code
  }
}

/// A `NodeEvent` with octets of its own, so that the stream can be used meanwhile.
private enum OwnEvent {
  case reading(TopicReference, [UInt8], isRetained: Bool)
  case topic(UInt16, [UInt8])
  case client(ClientEvent)
}

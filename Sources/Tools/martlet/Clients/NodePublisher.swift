import ClientIO
import CommandKit
import Glibc
import MQTTSNClient
import MQTTSNCodec
import Reactor

/// What `martlet pub --sn` does with its gateway.
struct NodePublisher {
  private let options: NodeOptions
  private let topic: NodeTopic
  private let qos: PublishQoS
  private let isRetained: Bool
  private let trace: NodeTrace
  private var source: MessageSource
  private var input = InputWatch()
  /// By what the topic goes, once that is known.
  private var reference: TopicReference?
  /// Until when the gateway, which is congested, gets nothing more to publish.
  private var heldUntil: UInt64?
  private var status: Int32?

  init(
    _ options: NodeOptions, topic: NodeTopic, qos: PublishQoS, isRetained: Bool,
    source: MessageSource
  ) {
    self.options = options
    self.topic = topic
    self.qos = qos
    self.isRetained = isRetained
    self.source = source
    trace = NodeTrace(clientIdentifier: options.settings.clientIdentifier)
    if case .reference(let reference) = topic { self.reference = reference }
  }

  /// Publishes everything; gives the exit status.
  mutating func run(
    _ stream: inout NodeStream, _ output: inout StandardOutput
  ) -> Int32 {
    stream.isTraced = options.isDebugging
    do throws(SystemError) {
      try stream.open(options.route)
      if qos != .withoutConnection { connect(&stream) }
      while status == nil { try step(&stream, &output) }
    } catch { fail(ClientStatus.failed, "\(error).") }
    stream.finish(until: MonotonicClock.now() + 2_000)
    trace.show(&stream, &output)
    return status ?? ClientStatus.done
  }

  private mutating func step(
    _ stream: inout NodeStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    send(&stream)
    if status != nil { return }
    let mayRead = canPublish(stream) && source.needsInput
    try input.set(mayRead, &stream)
    let readiness = try stream.wait(until: mayRead && input.isPlain ? 0 : heldUntil)
    if let time = heldUntil, time <= MonotonicClock.now() { heldUntil = nil }
    if readiness.contains(.signal) { status = ClientStatus.done }
    takeEvents(&stream, &output)
    if mayRead, input.isPlain || readiness.contains(.input) { try source.readInput() }
    if stream.isOver, status == nil {
      let reason = stream.failure.map { "\($0)." } ?? "The connection was lost."
      fail(ClientStatus.connectionLost, reason)
    }
  }

  private mutating func takeEvents(
    _ stream: inout NodeStream, _ output: inout StandardOutput
  ) {
    while let event = stream.next() {
      if case .client(let event) = event { take(event) }
    }
    trace.show(&stream, &output)
  }

  private mutating func take(_ event: ClientEvent) {
    switch event {
    case .registered(let id): reference = .normal(id)
    case .refused(.publish, let code):
      options.warn("Publish failed: \(code.words).")
      // [SN 6.6] an id that the gateway has forgotten is asked for again
      if case .name = topic, code == .invalidTopicID { reference = nil }
      // [SN 7.13] a congested gateway is left alone
      heldUntil = event.waitInterval.map { MonotonicClock.now() + UInt64($0) }
    case .refused(.connect, let code):
      fail(Int32(code.rawValue), "Connection refused: \(code.words).")
    case .refused(_, let code):
      fail(ClientStatus.failed, "The gateway does not take the topic: \(code.words).")
    case .disconnected:
      fail(ClientStatus.connectionLost, "The gateway ended the connection.")
    case .lost: fail(ClientStatus.notAnswered, "The gateway did not answer in time.")
    default: break
    }
  }

  private func canPublish(_ stream: borrowing NodeStream) -> Bool {
    stream.isFree && heldUntil == nil && reference != nil
      && (qos == .withoutConnection || stream.state == .active)
  }

  /// Sends what there is and what there is room for.
  private mutating func send(_ stream: inout NodeStream) {
    if stream.state == .active, stream.isFree, reference == nil, case .name(let name) = topic {
      do throws(ClientError) { try stream.register(name) } catch { fail(error, of: "topic") }
    }
    while status == nil, canPublish(stream), let reference, let payload = source.next() {
      do throws(ClientError) {
        try stream.publish(payload, to: reference, qos: qos, isRetained: isRetained)
      } catch { fail(error, of: "message") }
    }
    let isReady = qos == .withoutConnection || stream.state == .active
    if isReady, source.isExhausted, !stream.isBusy, stream.pendingCount == 0 {
      status = status ?? ClientStatus.done
    }
  }

  private mutating func connect(_ stream: inout NodeStream) {
    do throws(ClientError) { try stream.connect() } catch { fail(error, of: "session") }
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

extension ClientError {
  /// The exit status, and what to say, where that was not to be sent.
  func ending(of thing: String) -> (status: Int32, words: String) {
    switch self {
    case .outOfRoom: (ClientStatus.packetTooLarge, "The \(thing) is too long for the line.")
    default: (ClientStatus.failed, "The \(thing) cannot be sent (\(self)).")
    }
  }
}

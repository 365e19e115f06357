import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor

/// What `martlet sub` and `martlet rr` do with their connection.
struct Subscriber {
  private let options: ClientOptions
  private let requests: [Request]
  private let form: MessageForm
  private let endsWhenSubscribed: Bool
  private let messageLimit: Int?
  private let retained: RetainedWishes
  private let question: Question?
  private let deadline: UInt64?
  /// Whether a connection that is lost is made again.
  private let triesAgain: Bool
  private var trace: PacketTrace

  /// How many requests were sent on this connection; how many subscriptions are to be answered, and
  /// were refused; how many ends of subscriptions are to be answered.
  private var sent = 0, unanswered = 0, refused = 0, ending = 0
  /// Whether the question was sent on this connection.
  private var hasAsked = false
  /// Why the broker has ended the connection.
  private var departure: String?
  private var messageCount = 0
  /// Topics whose retained messages the broker is to forget.
  private var stale: [[UInt8]] = []
  private var status: Int32?

  init(
    _ options: ClientOptions, requests: [Request], form: MessageForm, endsWhenSubscribed: Bool,
    messageLimit: Int?, seconds: Int?, retained: RetainedWishes, question: Question? = nil,
    triesAgain: Bool = true
  ) {
    self.options = options
    self.requests = requests
    self.form = form
    self.endsWhenSubscribed = endsWhenSubscribed
    self.messageLimit = messageLimit
    self.retained = retained
    self.question = question
    self.triesAgain = triesAgain
    deadline = seconds.map { MonotonicClock.now() + UInt64($0) * 1_000 }
    trace = PacketTrace(
      isOn: options.isDebugging, clientIdentifier: options.settings.clientIdentifier)
  }

  /// Shows messages until something ends it; gives the exit status.
  mutating func run(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) -> Int32 {
    do throws(OpeningError) { try open(&stream, &output) } catch {
      let ending = error.ending
      if let words = ending.words { options.complain(words) }
      return ending.status
    }
    while status == nil {
      try step(&stream, &output)
      guard stream.isOver, status == nil else { continue }
      if triesAgain {
        try openAgain(&stream, &output)
      } else {
        fail(ClientStatus.connectionLost, departure ?? stream.lossWords)
      }
    }
    if stream.isConnected { trace.sent("DISCONNECT", &output) }
    stream.finish(
      until: MonotonicClock.now() + 2_000, properties: options.properties[.disconnect])
    return status ?? ClientStatus.done
  }

  private mutating func open(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(OpeningError) {
    (sent, refused) = (0, 0)
    hasAsked = false
    unanswered = requests.count { !$0.isEnd }
    ending = requests.count - unanswered
    try stream.open(
      host: options.hostName, port: options.portNumber, options.settings, until: deadline)
    trace.sent("CONNECT", &output)
  }

  private mutating func step(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    let readiness = try stream.wait(until: deadline)
    takeEvents(&stream, &output)
    clearStale(&stream)
    output.flush()
    if departure != nil { return stream.close() }
    sendRequests(&stream, &output)
    ask(&stream, &output)
    if status != nil { return }
    if readiness.contains(.signal) || output.isBroken { status = ClientStatus.done }
    if let deadline, deadline <= MonotonicClock.now() { fail(ClientStatus.timedOut, "Timed out.") }
  }

  private mutating func takeEvents(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) {
    while status == nil, let event = stream.next() {
      switch event {
      case .connected(let connack): trace.accepted(connack, &output)
      case .message(let message):
        trace.received(message, &output)
        take(message, &output)
      case .subscribed(let suback):
        trace.received(suback, &output)
        subscribed(suback)
      case .unsubscribed(let unsuback):
        trace.received("UNSUBACK", &output)
        unsubscribed(unsuback)
      case .published(let answer): trace.received(answer, &output)
      case .rejected(let answer):
        trace.received(answer, &output)
        fail(
          ClientStatus.failed,
          "The request failed: \(answer.reasonCode.words)\(answer.properties.reasonInParentheses).")
      case .authentication:
        fail(ClientStatus.notSupported, "The broker asks for more than -D gave.")
      case .closed(let reason, let properties): closed(reason, properties, &output)
      default: break
      }
    }
  }

  private mutating func take(_ message: borrowing Publish, _ output: inout StandardOutput) {
    let isRetained = message.header.isRetained
    if isRetained, retained.isCleared {
      let topic = message.header.topicName
      stale.append(topic.indices.map { topic[$0] })
    }
    // What comes now tells that all that was retained has come.
    if !isRetained, retained.endsWithOthers { return status = ClientStatus.done }
    if form.write(message, &output) { count() }
  }

  /// Has the broker forget the retained messages that have come.
  private mutating func clearStale(_ stream: inout ClientStream) {
    for topic in stale {
      do throws(ClientError) {
        try stream.publish([UInt8]().span, to: topic.span, qos: .atMostOnce, isRetained: true)
      } catch {
        options.warn("A retained message stays: \(error).")
      }
    }
    stale = []
  }

  private mutating func closed(
    _ reason: CloseReason, _ properties: Properties, _ output: inout StandardOutput
  ) {
    trace.closed(reason, options.settings.version, &output)
    let ending = reason.ending(of: options.settings.version, properties)
    // What the broker has ended is tried again, as with Mosquitto.
    if case .disconnected = reason {
      departure = ending.words
    } else {
      fail(ending.status, ending.words)
    }
  }

  private mutating func count() {
    messageCount += 1
    if messageCount == messageLimit { status = ClientStatus.done }
  }

  private mutating func subscribed(_ suback: Suback) {
    unanswered -= 1
    if suback.grantedQoS == nil { refused += 1 }
    guard unanswered == 0 else { return }
    if refused == requests.count(where: { !$0.isEnd }) {
      fail(ClientStatus.failed, "All subscription requests were denied.")
    } else if endsWhenSubscribed {
      status = ClientStatus.done
    }
  }

  /// Whoever only ends subscriptions is done when that is done.
  private mutating func unsubscribed(_ unsuback: Unsuback) {
    ending -= 1
    if let code = unsuback.failure { options.warn("Unsubscribing failed: \(code.words).") }
    if ending == 0, requests.allSatisfy(\.isEnd) { status = ClientStatus.done }
  }

  /// Sends as many requests as there is room for.
  private mutating func sendRequests(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) {
    while status == nil, stream.isConnected, sent < requests.count,
      stream.inFlightCount < ClientStream.window
    {
      let request = requests[sent]
      sent += 1
      do throws(ClientError) { try send(request, &stream, &output) } catch {
        let ending = error.ending(of: "subscription")
        fail(ending.status, ending.words)
      }
    }
  }

  private func send(
    _ request: Request, _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(ClientError) {
    let topic = String(decoding: request.filter, as: UTF8.self)
    if let wishes = request.options {
      let identifier = try stream.subscribe(
        to: request.filter.span, options: wishes, properties: options.properties[.subscribe])
      trace.sent(
        "SUBSCRIBE (Mid: \(identifier.rawValue), Topic: \(topic), QoS: \(wishes.qos.rawValue), "
          + "Options: \(wishes.hexadecimal))", &output)
    } else {
      let identifier = try stream.unsubscribe(
        from: request.filter.span, properties: options.properties[.unsubscribe])
      trace.sent("UNSUBSCRIBE (Mid: \(identifier.rawValue), Topic: \(topic))", &output)
    }
  }

  /// Sends the question once all subscriptions stand.
  private mutating func ask(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    guard let question, !hasAsked, unanswered == 0, status == nil, stream.isConnected else {
      return
    }
    hasAsked = true
    do throws(ClientError) {
      try question.send(&stream, qos: options.qualityOfService, trace, &output)
    } catch {
      let ending = error.ending(of: "request")
      return fail(ending.status, ending.words)
    }
    stream.flush()
  }

  /// Waits a second and connects again, until that succeeds or something ends it.
  private mutating func openAgain(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    options.warn(departure ?? stream.lossWords)
    departure = nil
    while status == nil, stream.isOver {
      let pause = min(MonotonicClock.now() + 1_000, deadline ?? .max)
      while status == nil, MonotonicClock.now() < pause {
        if try stream.wait(until: pause).contains(.signal) { status = ClientStatus.done }
      }
      if let deadline, deadline <= MonotonicClock.now() {
        fail(ClientStatus.timedOut, "Timed out.")
      }
      if status != nil { return }
      do throws(OpeningError) { try open(&stream, &output) } catch {
        if case .system = error { continue }
        let ending = error.ending
        fail(ending.status, ending.words)
      }
    }
  }

  private mutating func fail(_ code: Int32, _ words: String?) {
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
}

extension Unsuback {
  /// Why the broker has not ended the subscription; nil where it has.
  fileprivate var failure: ReasonCode? {
    guard !reasonCodes.isEmpty else { return nil }
    let code = ReasonCode(rawValue: reasonCodes[0])
    return code.isFailure ? code : nil
  }
}

extension SubscriptionOptions {
  /// What stands beside the QoS in the octet on the wire.
  fileprivate var hexadecimal: String {
    let octet =
      (isNoLocal ? 4 : 0) | (isRetainAsPublished ? 8 : 0) | Int(retainHandling.rawValue) << 4
    return "0x" + (octet < 16 ? "0" : "") + String(octet, radix: 16)
  }
}

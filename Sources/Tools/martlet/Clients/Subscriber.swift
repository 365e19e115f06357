import ClientIO
import CommandKit
import MQTTClient
import MQTTTerms
import Reactor

/// What `martlet sub` does with its connection.
struct Subscriber {
  private let options: ClientOptions
  private let filters: [[UInt8]]
  private let form: MessageForm
  private let endsWhenSubscribed: Bool
  private let messageLimit: Int?
  private let deadline: UInt64?
  private let trace: PacketTrace

  /// How many filters were requested on this connection, answered, and refused.
  private var requested = 0, answered = 0, refused = 0
  private var messageCount = 0
  private var status: Int32?

  init(
    _ options: ClientOptions, filters: [[UInt8]], form: MessageForm, endsWhenSubscribed: Bool,
    messageLimit: Int?, seconds: Int?
  ) {
    self.options = options
    self.filters = filters
    self.form = form
    self.endsWhenSubscribed = endsWhenSubscribed
    self.messageLimit = messageLimit
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
      if stream.isOver, status == nil { try openAgain(&stream, &output) }
    }
    trace.sent("DISCONNECT", &output)
    stream.finish(until: MonotonicClock.now() + 2_000)
    return status ?? ClientStatus.done
  }

  private mutating func open(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(OpeningError) {
    (requested, answered, refused) = (0, 0, 0)
    try stream.open(
      host: options.hostName, port: options.portNumber, options.settings, until: deadline)
    trace.sent("CONNECT", &output)
  }

  private mutating func step(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    let readiness = try stream.wait(until: deadline)
    takeEvents(&stream, &output)
    output.flush()
    subscribe(&stream, &output)
    if status != nil { return }
    if readiness.contains(.signal) || output.isBroken { status = ClientStatus.done }
    if let deadline, deadline <= MonotonicClock.now() { fail(ClientStatus.timedOut, "Timed out.") }
  }

  private mutating func takeEvents(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) {
    while status == nil, let event = stream.next() {
      switch event {
      case .connected: trace.received("CONNACK (0)", &output)
      case .message(let message):
        trace.received(message, &output)
        if form.write(message, &output) { count() }
      case .subscribed(let identifier, let granted):
        trace.received("SUBACK (Mid: \(identifier.rawValue))", &output)
        subscribed(granted)
      case .closed(let reason): fail(reason.ending.status, reason.ending.words)
      default: break
      }
    }
  }

  private mutating func count() {
    messageCount += 1
    if messageCount == messageLimit { status = ClientStatus.done }
  }

  private mutating func subscribed(_ granted: QoS?) {
    answered += 1
    if granted == nil { refused += 1 }
    guard answered == filters.count else { return }
    if refused == answered {
      fail(ClientStatus.failed, "All subscription requests were denied.")
    } else if endsWhenSubscribed {
      status = ClientStatus.done
    }
  }

  /// Requests as many filters as there is room for.
  private mutating func subscribe(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) {
    let qos = options.qualityOfService
    while status == nil, stream.isConnected, requested < filters.count,
      stream.inFlightCount < ClientStream.window
    {
      let filter = filters[requested]
      requested += 1
      do throws(ClientError) {
        let identifier = try stream.subscribe(to: filter.span, qos: qos)
        let name = String(decoding: filter, as: UTF8.self)
        trace.sent(
          "SUBSCRIBE (Mid: \(identifier.rawValue), Topic: \(name), QoS: \(qos.rawValue))", &output)
      } catch { fail(ClientStatus.failed, "The subscription cannot be sent (\(error)).") }
    }
  }

  /// Waits a second and connects again, until that succeeds or something ends it.
  private mutating func openAgain(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(SystemError) {
    if !options.isQuiet { StandardError.write(line: "Warning: The connection was lost.") }
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

import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor

/// What `martlet pub` does with its connection.
struct Publisher {
  /// How many octets may wait for the network before no more input is taken.
  private static let pendingLimit = 1 << 20

  private let options: ClientOptions
  private let topicName: [UInt8]
  private let isRetained: Bool
  private let properties: PropertyList
  private var trace: PacketTrace
  private var source: MessageSource
  private var input = InputWatch()
  /// The milliseconds between repetitions, and when the next one is due.
  private let pause: UInt64
  private var due: UInt64 = 0
  /// Whether the topic's alias stands for it by now.
  private var knowsAlias = false
  private var status: Int32?

  init(
    _ options: ClientOptions, topicName: [UInt8], isRetained: Bool, source: MessageSource,
    pause: UInt64 = 0
  ) {
    self.options = options
    self.topicName = topicName
    self.isRetained = isRetained
    self.source = source
    self.pause = pause
    properties = options.properties[.publish]
    trace = PacketTrace(
      isOn: options.isDebugging, clientIdentifier: options.settings.clientIdentifier)
  }

  /// Publishes everything; gives the exit status.
  mutating func run(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) -> Int32 {
    do throws(OpeningError) {
      try stream.open(
        host: options.hostName, port: options.portNumber, options.settings, until: nil)
    } catch {
      let ending = error.ending
      if let words = ending.words { options.complain(words) }
      return ending.status
    }
    trace.sent("CONNECT", &output)
    while status == nil { step(&stream, &output) }
    if stream.isConnected { trace.sent("DISCONNECT", &output) }
    stream.finish(
      until: MonotonicClock.now() + 2_000, properties: options.properties[.disconnect])
    return status ?? ClientStatus.done
  }

  private mutating func step(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    do throws(SystemError) {
      let mayRead = stream.isConnected && canSend(stream) && source.needsInput
      try input.set(mayRead, &stream)
      // A file that is no pipe is always ready.
      let isReady = mayRead && input.isPlain
      let readiness = try stream.wait(until: isReady ? 0 : nextRepetition(stream))
      if readiness.contains(.signal) { status = ClientStatus.done }
      takeEvents(&stream, &output)
      if mayRead, input.isPlain || readiness.contains(.input) { try source.readInput() }
      send(&stream, &output)
    } catch { fail(ClientStatus.failed, "\(error).") }
    if stream.isOver, status == nil {
      let ending = stream.handshakeEnding ?? (ClientStatus.connectionLost, stream.lossWords)
      fail(ending.status, ending.words)
    }
  }

  private mutating func takeEvents(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) {
    while let event = stream.next() {
      switch event {
      case .connected(let connack): trace.accepted(connack, &output)
      case .received(let pubrec):
        let number = pubrec.packetIdentifier.rawValue
        trace.received("PUBREC (Mid: \(number))", &output)
        trace.sent("PUBREL (m\(number))", &output)
      case .published(let answer): trace.received(answer, &output)
      case .rejected(let answer): rejected(answer, &output)
      case .authentication:
        fail(ClientStatus.notSupported, "The broker asks for more than -D gave.")
      case .closed(let reason, let properties):
        trace.closed(reason, options.settings.version, &output)
        let ending = reason.ending(of: options.settings.version, properties)
        fail(ending.status, ending.words)
      default: break
      }
    }
  }

  /// A message that the broker does not take leaves the status alone, as with Mosquitto.
  private func rejected(_ answer: PublishAcknowledgement, _ output: inout StandardOutput) {
    trace.received(answer, &output)
    options.warn(
      "Publish \(answer.packetIdentifier.rawValue) failed: \(answer.reasonCode.words)"
        + "\(answer.properties.reasonInParentheses).")
  }

  /// When the message can be repeated; nil where that depends on the broker or is not asked for.
  private func nextRepetition(_ stream: borrowing ClientStream) -> UInt64? {
    stream.isConnected && source.repeats && canSend(stream) ? due : nil
  }

  private func canSend(_ stream: borrowing ClientStream) -> Bool {
    stream.pendingCount < Publisher.pendingLimit
      && (options.qualityOfService == .atMostOnce
        || stream.canPublish && stream.inFlightCount < options.inFlightLimit)
  }

  /// Sends what there is and what there is room for.
  private mutating func send(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    guard stream.isConnected, status == nil else { return }
    while canSend(stream), MonotonicClock.now() >= due, let payload = source.next() {
      do throws(ClientError) { try publish(payload, &stream, &output) } catch {
        let ending = error.ending(of: "message")
        return fail(ending.status, ending.words)
      }
      if pause > 0 { due = MonotonicClock.now() + pause }
    }
    stream.flush()
    if source.isExhausted, stream.inFlightCount == 0, stream.pendingCount == 0, !stream.isOver {
      status = ClientStatus.done
    }
  }

  private mutating func publish(
    _ payload: [UInt8], _ stream: inout ClientStream, _ output: inout StandardOutput
  ) throws(ClientError) {
    let topic = knowsAlias ? [] : topicName
    let identifier = try stream.publish(
      payload.span, to: topic.span, qos: options.qualityOfService, isRetained: isRetained,
      properties: properties)
    knowsAlias = properties.contains(.topicAlias)
    trace.sent(
      PacketTrace.publish(
        String(decoding: topic, as: UTF8.self), size: payload.count,
        qos: options.qualityOfService, isRetained: isRetained, isDuplicate: false, identifier),
      &output)
  }

  private mutating func fail(_ code: Int32, _ words: String) {
    options.complain(words)
    status = code
  }
}

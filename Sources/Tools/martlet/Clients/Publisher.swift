import ClientIO
import CommandKit
import MQTTClient
import MQTTTerms
import Reactor

/// What `martlet pub` does with its connection.
struct Publisher {
  /// How many octets may wait for the network before no more input is taken.
  private static let pendingLimit = 1 << 20

  private let options: ClientOptions
  private let topicName: [UInt8]
  private let isRetained: Bool
  private let trace: PacketTrace
  private var source: MessageSource
  /// Whether standard input was given to the reactor, is watched, and cannot be.
  private var isInputKnown = false, isInputWatched = false, hasPlainInput = false
  private var status: Int32?

  init(
    _ options: ClientOptions, topicName: [UInt8], isRetained: Bool, source: MessageSource
  ) {
    self.options = options
    self.topicName = topicName
    self.isRetained = isRetained
    self.source = source
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
    trace.sent("DISCONNECT", &output)
    stream.finish(until: MonotonicClock.now() + 2_000)
    return status ?? ClientStatus.done
  }

  private mutating func step(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    do throws(SystemError) {
      let mayRead = stream.isConnected && canSend(stream) && source.needsInput
      try watchInput(mayRead, &stream)
      // A file that is no pipe is always ready.
      let limit = mayRead && hasPlainInput ? 0 : nil as UInt64?
      let readiness = try stream.wait(until: limit)
      if readiness.contains(.signal) { status = ClientStatus.done }
      takeEvents(&stream, &output)
      if mayRead, hasPlainInput || readiness.contains(.input) { try source.readInput() }
      send(&stream, &output)
    } catch { fail(ClientStatus.failed, "\(error).") }
    if stream.isOver, status == nil {
      fail(ClientStatus.connectionLost, "The connection was lost.")
    }
  }

  private mutating func takeEvents(
    _ stream: inout ClientStream, _ output: inout StandardOutput
  ) {
    while let event = stream.next() {
      switch event {
      case .connected: trace.received("CONNACK (0)", &output)
      case .received(let identifier):
        trace.received("PUBREC (Mid: \(identifier.rawValue))", &output)
        trace.sent("PUBREL (m\(identifier.rawValue))", &output)
      case .published(let identifier):
        let answer = options.qualityOfService == .exactlyOnce ? "PUBCOMP" : "PUBACK"
        trace.received("\(answer) (Mid: \(identifier.rawValue), RC:0)", &output)
      case .closed(let reason): fail(reason.ending.status, reason.ending.words)
      default: break
      }
    }
  }

  private func canSend(_ stream: borrowing ClientStream) -> Bool {
    stream.pendingCount < Publisher.pendingLimit && stream.inFlightCount < ClientStream.window
  }

  /// Sends what there is and what there is room for.
  private mutating func send(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    guard stream.isConnected, status == nil else { return }
    while canSend(stream), let payload = source.next() {
      do throws(ClientError) {
        let identifier = try stream.publish(
          payload.span, to: topicName.span, qos: options.qualityOfService, isRetained: isRetained)
        trace.sent(
          PacketTrace.publish(
            topicName, size: payload.count, qos: options.qualityOfService, isRetained: isRetained,
            isDuplicate: false, identifier), &output)
      } catch {
        return fail(ClientStatus.failed, "The message cannot be sent (\(error)).")
      }
    }
    stream.flush()
    if source.isExhausted, stream.inFlightCount == 0, stream.pendingCount == 0, !stream.isOver {
      status = ClientStatus.done
    }
  }

  /// Switches the watching of standard input, where that is possible.
  private mutating func watchInput(
    _ isNeeded: Bool, _ stream: inout ClientStream
  ) throws(SystemError) {
    if isNeeded == isInputWatched || hasPlainInput { return }
    if isNeeded, !isInputKnown {
      isInputKnown = true
      hasPlainInput = try !stream.watchInput(0)
    } else {
      try stream.setInputWatched(0, isNeeded)
    }
    isInputWatched = isNeeded && !hasPlainInput
  }

  private mutating func fail(_ code: Int32, _ words: String) {
    options.complain(words)
    status = code
  }
}

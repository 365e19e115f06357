import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec
import MQTTTerms
import Reactor

// What the broker sends.
extension Subscriber {
  mutating func takeEvents(_ stream: inout ClientStream, _ output: inout StandardOutput) {
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
    let topic = message.header.topicName
    // What comes now tells that all that was retained has come.
    if !isRetained, plan.retained.endsWithOthers { return end() }
    if isRetained, plan.retained.isCleared, !display.hides(topic) { stale.append(Array(of: topic)) }
    guard display.show(message, &output, complain: options.complain) else { return }
    tellLatency(&output)
    messageCount += 1
    if messageCount == plan.messageLimit { end() }
  }

  /// Says how long the response took.
  private func tellLatency(_ output: inout StandardOutput) {
    guard plan.question?.measuresLatency == true, let askedAt = progress.askedAt else { return }
    let milliseconds = Double(MonotonicClock.nanoseconds() - askedAt) / 1e6
    output.write(line: "Latency: \(milliseconds.text(decimals: 3)) ms")
  }

  /// Has the broker forget the retained messages that have come.
  mutating func clearStale(_ stream: inout ClientStream) {
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

  private mutating func subscribed(_ suback: Suback) {
    progress.unanswered -= 1
    if suback.grantedQoS == nil { progress.refused += 1 }
    guard progress.unanswered == 0 else { return }
    if progress.refused == plan.requests.count(where: { !$0.isEnd }) {
      fail(ClientStatus.failed, "All subscription requests were denied.")
    } else if plan.endsWhenSubscribed {
      end()
    }
  }

  /// Whoever only ends subscriptions is done when that is done.
  private mutating func unsubscribed(_ unsuback: Unsuback) {
    progress.ending -= 1
    if let code = unsuback.failure { options.warn("Unsubscribing failed: \(code.words).") }
    if progress.ending == 0, plan.requests.allSatisfy(\.isEnd) { end() }
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

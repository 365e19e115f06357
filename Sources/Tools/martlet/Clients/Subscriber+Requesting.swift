import ClientIO
import CommandKit
import MQTTClient
import MQTTCodec
import Reactor

// What is asked of the broker.
extension Subscriber {
  /// Sends as many requests as there is room for.
  mutating func sendRequests(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    while status == nil, stream.isConnected, progress.sent < plan.requests.count,
      stream.inFlightCount < options.inFlightLimit
    {
      let request = plan.requests[progress.sent]
      progress.sent += 1
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
  mutating func ask(_ stream: inout ClientStream, _ output: inout StandardOutput) {
    guard let question = plan.question, progress.askedAt == nil, progress.unanswered == 0,
      status == nil, stream.isConnected
    else { return }
    progress.askedAt = MonotonicClock.nanoseconds()
    do throws(ClientError) {
      try question.send(&stream, qos: options.qualityOfService, trace, &output)
    } catch {
      let ending = error.ending(of: "request")
      return fail(ending.status, ending.words)
    }
    stream.flush()
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

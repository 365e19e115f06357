import BrokerCore
import MQTTCodec
import MQTTLink
import MQTTTerms
import SessionLink
import Slabs

// What `log_type debug` shows. Nothing is called here without it.
extension BrokerService {
  /// So many notices may wait: packets are traced until then, and counted beyond.
  private static var traceLimit: Int { 10_000 }

  private mutating func trace(_ index: Int, _ content: TracedPacket.Content) {
    trace(clientID(index), content)
  }

  private mutating func trace(_ clientID: String, _ content: TracedPacket.Content) {
    guard notices.count < Self.traceLimit else {
      untracedPackets += 1
      return
    }
    notices.append(.packet(TracedPacket(clientID: clientID, content: content)))
  }

  /// Tells how many packets were too many to be told of.
  mutating func noteUntraced() {
    guard untracedPackets > 0 else { return }
    notices.append(.untraced(untracedPackets))
    untracedPackets = 0
  }

  // MARK: Received

  @inline(never)
  mutating func trace(_ publish: borrowing IncomingPublish, head: UInt8, _ index: Int) {
    trace(index, .receivedPublish(.init(publish, isDuplicate: head & 0x08 != 0)))
  }

  @inline(never)
  mutating func trace(answer name: String, _ packetID: PacketIdentifier, _ index: Int) {
    trace(index, .receivedAnswer(name: name, packetID))
  }

  /// The packets that come seldom.
  @inline(never)
  mutating func trace(_ event: borrowing LinkEvent, _ index: Int) {
    switch event {
    case .received(let id): trace(answer: "PUBREC", id, index)
    case .rejected(let id): trace(answer: "PUBACK or PUBREC", id, index)
    case .released(let id): trace(answer: "PUBREL", id, index)
    case .completed(let id): trace(answer: "PUBCOMP", id, index)
    case .subscribe(let request):
      traceRequest("SUBSCRIBE", request.isLast, index)
      trace(index, .filter(text(request.filter), request.terms.qos))
    case .unsubscribe(let request):
      traceRequest("UNSUBSCRIBE", request.isLast, index)
      trace(index, .filter(text(request.filter), nil))
    case .authenticate: trace(index, .received(name: "AUTH"))
    case .open(let request): trace(opening: request)
    case .publish, .acknowledged, .discarded, .forgotten, .updateWill, .paused, .resumed, .asleep,
      .drain, .closed:
      break
    }
  }

  /// The entries of a request come one by one.
  private mutating func traceRequest(_ name: String, _ isLast: Bool, _ index: Int) {
    if !isInsideTracedRequest { trace(index, .received(name: name)) }
    isInsideTracedRequest = !isLast
  }

  private mutating func trace(opening request: borrowing SessionRequest) {
    let clientID = text(request.clientID)
    trace(clientID, .received(name: "CONNECT"))
    if let will = request.will {
      trace(clientID, .will(.init(will.message, isDuplicate: false)))
      trace(clientID, .filter(text(will.message.topic), nil))
    } else {
      trace(clientID, .will(nil))
    }
  }

  mutating func trace(received name: String, _ index: Int) { trace(index, .received(name: name)) }

  // MARK: Sent

  mutating func trace(sent name: String, _ index: Int) { trace(index, .sent(name: name)) }

  mutating func trace(connack code: UInt8, isSessionPresent: Bool, _ index: Int) {
    trace(index, .sentConnack(isSessionPresent: isSessionPresent, code: code))
  }

  mutating func trace(
    sent kind: PublishAcknowledgement.Kind, _ packetID: PacketIdentifier, reason: UInt8?,
    _ index: Int
  ) {
    trace(index, .sentAnswer(name: "\(kind)".uppercased(), packetID, reason: reason))
  }

  @inline(never)
  mutating func trace(_ message: MessageID, to recipient: Recipient, _ index: Int) {
    let publish = TracedPacket.Publish(
      isDuplicate: recipient.flags.contains(.duplicate), qos: recipient.qos,
      isRetained: recipient.flags.contains(.retained), packetID: recipient.packetID,
      topic: text(broker.messages.topic(of: message)),
      size: broker.messages.payloadSize(of: message))
    trace(index, .sentPublish(publish))
  }
}

extension TracedPacket.Publish {
  fileprivate init(_ publish: borrowing IncomingPublish, isDuplicate: Bool) {
    self.init(
      isDuplicate: isDuplicate, qos: publish.qos, isRetained: publish.isRetained,
      packetID: publish.packetID, topic: text(publish.topic), size: publish.payload.count)
  }
}

private func text(_ octets: Span<UInt8>) -> String {
  octets.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
}

import ClientIO
import Datagrams
import MQTTSNCodec
import MQTTTerms
import Reactor
import Slabs

// The messages: out as long as a node's window has room, and in again.
extension LoadRun {
  /// Notes that a node may have room for more.
  mutating func list(_ index: Int) {
    guard !nodes[index].isListed else { return }
    nodes[index].isListed = true
    listed.append(UInt32(truncatingIfNeeded: index))
  }

  /// Fills the windows of the nodes that are listed.
  mutating func sendAll() {
    var position = 0
    while position < listed.count {
      let index = Int(listed[position])
      nodes[index].isListed = false
      refill(index)
      position += 1
    }
    listed.removeAll()
  }

  /// Sends as many messages as a node has room for, but not each alone.
  private mutating func refill(_ index: Int) {
    let room = nodes[index].room(plan)
    guard room >= max(plan.window / 4, 1) else { return }
    for _ in 0..<room {
      publish(nodes[index].sent, from: index)
      nodes[index].sent &+= 1
    }
    counts.sent += Int(room)
    if plan.isTimed { sentAt = MonotonicClock.nanoseconds() }
    batch.flush(to: nodes[index].socket.number)
  }

  private mutating func publish(_ message: UInt32, from index: Int) {
    let mark = LoadMark(run: number, node: index, number: message)
    mark.write(to: &payload)
    let messageID =
      plan.qos == .atMostOnce ? PacketIdentifier.none : LoadMark.messageID(of: message)
    Self.append(
      .normal(nodes[index].topicID), messageID, PublishQoS(plan.qos), payload, to: &batch)
  }

  private static func append(
    _ topic: TopicReference, _ messageID: PacketIdentifier, _ qos: PublishQoS,
    _ payload: borrowing Slab<UInt8>, to batch: inout DatagramBatch
  ) {
    let publish = Publish(topic: topic, messageID: messageID, payload: payload.span, qos: qos)
    try? batch.withOutput(of: publish.encodedSize, to: .unix) { output throws(CodecError) in
      try publish.encode(into: &output)
    }
  }

  /// Takes the datagrams that wait for a node.
  mutating func receive(node index: Int) {
    guard let count = inbox.receive(from: nodes[index].socket.number) else { return }
    for position in 0..<count {
      switch Heard(inbox.datagram(at: position)) {
      case .connected(let code): connected(code, index)
      case .registered(let answer): registered(answer, index)
      case .answered(let answer): answered(answer, index)
      case .echoed(let mark): arrived(mark)
      case .sentAway: counts.refused += 1
      case .nothing: break
      }
    }
  }

  private mutating func answered(_ answer: Puback, _ index: Int) {
    guard answer.returnCode.isAccepted else { return counts.refused += 1 }
    let message = LoadMark.number(of: answer.messageID, from: nodes[index].answered.next)
    guard nodes[index].answered.take(message) else { return counts.surplus += 1 }
    if isMeasuring, plan.isTimed { answerTimes.take(MonotonicClock.nanoseconds() - sentAt) }
    counts.answered += 1
    list(index)
  }

  /// A message has come to the subscriber, or back from the echo.
  private mutating func arrived(_ mark: LoadMark) {
    let index = Int(mark.node)
    guard mark.run == number, index < nodes.count, nodes[index].arrived.take(mark.number) else {
      return counts.surplus += 1
    }
    if isMeasuring, plan.isTimed { arrivalTimes.take(MonotonicClock.nanoseconds() - sentAt) }
    counts.arrived += 1
    list(index)
  }

  /// Takes what the broker has sent to the subscriber.
  mutating func takeDeliveries() throws(SystemError) {
    if try subscriber?.wait(until: 0).contains(.signal) ?? false { counts.isInterrupted = true }
    while let mark = nextDelivery() { arrived(mark) }
    // What the client owes the broker does not wait for the next datagram.
    subscriber?.flush()
  }

  private mutating func nextDelivery() -> LoadMark? {
    while let event = subscriber?.next() {
      if case .message(let message) = event {
        return LoadMark(message.payload) ?? LoadMark(run: ~number, node: 0, number: 0)
      }
    }
    return nil
  }
}

/// What a datagram tells a node, without the datagram.
private enum Heard: BitwiseCopyable {
  case connected(ReturnCode)
  case registered(Regack)
  case answered(Puback)
  case echoed(LoadMark)
  case sentAway
  case nothing

  init(_ datagram: Span<UInt8>) {
    self = .nothing
    guard let message = try? Message.decode(datagram) else { return }
    switch message {
    case .connack(let answer): self = .connected(answer.returnCode)
    case .regack(let answer): self = .registered(answer)
    case .puback(let answer): self = .answered(answer)
    case .publish(let publish): if let mark = LoadMark(publish.payload) { self = .echoed(mark) }
    case .disconnect: self = .sentAway
    default: break
    }
  }
}

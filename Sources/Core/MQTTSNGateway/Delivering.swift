import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.6], [SN 6.10] messages to nodes.
extension Gateway {
  /// Sends one message to a node, or lets it wait for the node.
  mutating func deliver(
    _ message: MessageID, to recipient: Recipient, _ index: Int, messages: inout MessageStore
  ) {
    let delivery = PendingDelivery(
      message: message, packetID: recipient.packetID, qos: recipient.qos, flags: recipient.flags)
    // It fell asleep meanwhile: the hub hands out again what is not acknowledged.
    if nodes[index].phase.isAsleep, recipient.qos != .atMostOnce { return }
    guard fits(message, index, messages) else {
      return noteDropped(delivery, of: index)
    }
    if nodes[index].pending.count == 0, recipient.qos == .atMostOnce,
      !nodes[index].phase.isAsleep,
      let reference = reference(of: messages.topic(of: message), for: index)
    {
      noteSent(to: index)
      return send(delivery, reference, to: index, messages)
    }
    // The hub sends no more QoS 1 and 2 messages than the link takes: they are never too many.
    guard nodes[index].pending.count < options.limits.pendingPerNode || recipient.qos != .atMostOnce
    else { return noteDropped(delivery, of: index) }
    messages.retain(message)
    nodes[index].pending.append(delivery)
    proceed(index, messages: &messages)
  }

  /// Sends what waits for a node, up to the next request that wants an answer.
  mutating func proceed(_ index: Int, messages: inout MessageStore) {
    guard !nodes[index].phase.isAsleep else { return }
    while nodes[index].registration == nil,
      nodes[index].flights.count < Int(options.nodeInflightMessages),
      let next = nodes[index].pending.first
    {
      sendFirst(next, index, messages: &messages)
    }
    finishWaking(index)
  }

  private mutating func sendFirst(
    _ next: PendingDelivery, _ index: Int, messages: inout MessageStore
  ) {
    if let reference = reference(of: messages.topic(of: next.message), for: index) {
      _ = nodes[index].pending.popFirst()
      if !next.wasSent { noteSent(to: index) }
      send(next, reference, to: index, messages)
      if next.qos == .atMostOnce {
        messages.release(next.message)
      } else {
        nodes[index].flights.append(Flight(delivery: next, attempts: attempts(of: index)))
      }
    } else if !startRegister(messages.topic(of: next.message), with: index) {
      _ = nodes[index].pending.popFirst()
      drop(next, of: index, messages: &messages)
    }
  }

  /// A node has taken a QoS 1 message, or refuses a message.
  mutating func acknowledged(_ puback: Puback, from index: Int, messages: inout MessageStore) {
    if puback.returnCode == .invalidTopicID {
      nodes[index].topics.setKnown(puback.topicID, false)
    }
    guard let position = flight(puback.messageID, of: index) else { return }
    let flight = nodes[index].flights[position]
    // PUBACK ends a QoS 2 delivery only when it refuses it.
    if flight.delivery.qos == .exactlyOnce, puback.returnCode.isAccepted || flight.isReleased {
      return
    }
    removeFlight(at: position, of: index)
    if puback.returnCode == .invalidTopicID, !flight.delivery.wasSent,
      registerAgain(flight.delivery, index, messages)
    {
      return
    }
    if puback.returnCode.isAccepted {
      tell(.acknowledged(puback.messageID), of: index)
      messages.release(flight.delivery.message)
    } else {
      drop(flight.delivery, of: index, messages: &messages)
    }
    proceed(index, messages: &messages)
  }

  /// Where a delivery stands that waits for an answer.
  func flight(_ messageID: PacketIdentifier, of index: Int) -> Int? {
    for position in 0..<nodes[index].flights.count
    where nodes[index].flights[position].delivery.packetID == messageID { return position }
    return nil
  }

  /// Takes a delivery out, the others keep their order.
  mutating func removeFlight(at position: Int, of index: Int) {
    for next in position..<nodes[index].flights.count - 1 {
      nodes[index].flights[next] = nodes[index].flights[next + 1]
    }
    _ = nodes[index].flights.popLast()
  }

  /// Writes a PUBLISH.
  mutating func send(
    _ delivery: PendingDelivery, _ reference: TopicReference, to index: Int,
    _ messages: borrowing MessageStore
  ) {
    let publish = Publish(
      topic: reference, messageID: delivery.packetID,
      payload: messages.payload(of: delivery.message), qos: PublishQoS(delivery.qos),
      isRetained: delivery.flags.contains(.retained),
      isDuplicate: delivery.flags.contains(.duplicate))
    send(publish, to: index)
  }

  private mutating func noteSent(to index: Int) {
    counters.publishesSent &+= 1
    nodes[index].counters.publishesSent &+= 1
  }

  /// Gives up a delivery that holds a reference.
  mutating func drop(
    _ delivery: PendingDelivery, of index: Int, messages: inout MessageStore
  ) {
    noteDropped(delivery, of: index)
    messages.release(delivery.message)
  }

  /// Counts a delivery that was given up, and lets the hub go on.
  private mutating func noteDropped(_ delivery: PendingDelivery, of index: Int) {
    counters.deliveriesDropped &+= 1
    nodes[index].counters.deliveriesDropped &+= 1
    if nodes[index].counters.deliveriesDropped == 1 { notice(.dropping, of: index) }
    if delivery.qos != .atMostOnce { tell(.discarded(delivery.packetID), of: index) }
  }

  /// Has the hub told something of a node's link.
  mutating func tell(_ kind: NodeEvent.Kind, of index: Int) {
    if let link = nodes[index].link { events.append(NodeEvent(link: link, kind: kind)) }
  }

  /// Whether PUBLISH and REGISTER of a message can travel on the node's line.
  private func fits(
    _ message: MessageID, _ index: Int, _ messages: borrowing MessageStore
  ) -> Bool {
    let maximum = maximumDatagram(to: nodes[index].address)
    return messageSize(bodySize: 5 + messages.payload(of: message).count) <= maximum
      && messageSize(bodySize: 4 + messages.topic(of: message).count) <= maximum
  }

  /// [SN 6.6] the node does not know the id any more: it is told again, and the message is sent
  /// after that. False when an id is not what the topic wants.
  mutating func registerAgain(
    _ delivery: PendingDelivery, _ index: Int, _ messages: borrowing MessageStore
  ) -> Bool {
    let topic = messages.topic(of: delivery.message)
    guard reference(of: topic, for: index) == nil, startRegister(topic, with: index) else {
      return false
    }
    var delivery = delivery
    delivery.wasSent = true
    nodes[index].pending.prepend(delivery)
    return true
  }
}

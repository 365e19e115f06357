import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.6] QoS 2: PUBREC, PUBREL, PUBCOMP, both ways.
extension Gateway {
  /// A node has received a QoS 2 message: it is not sent again.
  mutating func received(_ pubrec: Pubrec, from index: Int, messages: inout MessageStore) {
    guard let position = flight(pubrec.messageID, of: index) else {
      // Of an earlier connection, on which it was sent already: it is sent again, and received again.
      if nodes[index].pending.contains(pubrec.messageID) { return }
      // One of before, which the hub may know: without an answer the node would ask for ever.
      return tell(.received(pubrec.messageID), of: index)
    }
    guard nodes[index].flights[position].delivery.qos == .exactlyOnce else { return }
    if !nodes[index].flights[position].isReleased {
      messages.release(nodes[index].flights[position].delivery.message)
      nodes[index].flights[position].isReleased = true
    }
    tell(.received(pubrec.messageID), of: index)
  }

  /// The hub releases the identifier of a QoS 2 message to a node.
  mutating func release(_ messageID: PacketIdentifier, isKnown: Bool, to index: Int) {
    send(Pubrel(messageID: messageID), to: index)
    // Of one that the hub does not know PUBCOMP tells nobody anything; a sleeping node is asked
    // again when it wakes.
    guard isKnown, !nodes[index].phase.isAsleep else { return }
    let attempts = attempts(of: index)
    if let position = flight(messageID, of: index) {
      nodes[index].flights[position].attempts = attempts
    } else {
      let delivery = PendingDelivery(
        message: MessageID(index: .max), packetID: messageID, qos: .exactlyOnce, flags: [])
      nodes[index].flights.append(
        Flight(delivery: delivery, isReleased: true, attempts: attempts))
    }
  }

  /// A node is done with a QoS 2 message.
  mutating func completed(_ pubcomp: Pubcomp, from index: Int, messages: inout MessageStore) {
    guard let position = flight(pubcomp.messageID, of: index),
      nodes[index].flights[position].isReleased
    else { return }
    removeFlight(at: position, of: index)
    tell(.completed(pubcomp.messageID), of: index)
    proceed(index, messages: &messages)
  }

  /// The hub has received a QoS 2 message of a node, or refuses it: PUBACK is the only answer with
  /// a code.
  mutating func confirm(
    _ messageID: PacketIdentifier, _ reception: Reception, to index: Int
  ) {
    guard let topic = nodes[index].requests.remove(.publish, messageID) else { return }
    guard reception.isRefusal else { return send(Pubrec(messageID: messageID), to: index) }
    let answer = Puback(
      topicID: topic.rawValue, messageID: messageID, returnCode: ReturnCode(reception))
    send(answer, to: index)
  }

  /// A node releases the identifier of a QoS 2 message of its own.
  @_lifetime(&self)
  mutating func released(_ pubrel: Pubrel, from index: Int) -> GatewayStep {
    guard let link = nodes[index].link else { return .none }
    return .event(link, .released(pubrel.messageID))
  }

  /// The hub is done with a QoS 2 message of a node, whether or not it knew it [SN 6.6].
  mutating func complete(_ messageID: PacketIdentifier, to index: Int) {
    send(Pubcomp(messageID: messageID), to: index)
  }
}

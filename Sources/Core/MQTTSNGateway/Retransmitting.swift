import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.13] requests to nodes are repeated until they are answered or the node is given up.
extension Gateway {
  /// The attempts of a request that is sent now.
  mutating func attempts(of index: Int) -> Exchange.Attempts {
    let deadline = now + options.retryInterval
    timers.call(index, at: deadline)
    return Exchange.Attempts(deadline: deadline)
  }

  /// Repeats a request that is due; tells whether the node is to be given up instead.
  mutating func retransmit(_ index: Int, messages: borrowing MessageStore) -> Bool {
    guard var attempts = nodes[index].exchange.attempts, attempts.deadline <= now else {
      return false
    }
    if attempts.retries >= options.retryLimit { return true }
    attempts.retries += 1
    attempts.deadline = now + options.retryInterval
    counters.retransmissions &+= 1
    nodes[index].counters.retransmissions &+= 1
    repeatRequest(index, attempts, messages)
    return false
  }

  private mutating func repeatRequest(
    _ index: Int, _ attempts: Exchange.Attempts, _ messages: borrowing MessageStore
  ) {
    switch nodes[index].exchange {
    case .none: break
    case .register(let id, let messageID, _):
      nodes[index].exchange = .register(id: id, messageID: messageID, attempts)
      guard let first = nodes[index].pending.first else { return }
      let name = messages.topic(of: first.message)
      send(Register(topicID: id, messageID: messageID, topicName: name), to: index)
    case .publish(var delivery, _):
      // [SN 6.13] the same MsgId, and DUP.
      delivery.flags.insert(.duplicate)
      nodes[index].exchange = .publish(delivery, attempts)
      if let reference = reference(of: messages.topic(of: delivery.message), for: index) {
        send(delivery, reference, to: index, messages)
      } else {
        // The node has told meanwhile that it has forgotten the id.
        _ = registerAgain(delivery, index, messages)
      }
    }
  }
}

import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.13] requests to nodes are repeated until they are answered or the node is given up.
extension Gateway {
  /// The attempts of a request that is sent now.
  mutating func attempts(of index: Int) -> Attempts {
    let deadline = now + options.retryInterval
    timers.call(index, at: deadline)
    return Attempts(deadline: deadline)
  }

  /// Repeats the requests that are due; tells whether the node is to be given up instead.
  mutating func retransmit(_ index: Int, messages: borrowing MessageStore) -> Bool {
    if let registration = nodes[index].registration, registration.attempts.deadline <= now {
      guard registration.attempts.retries < options.retryLimit else { return true }
      repeatRegister(index, messages)
    }
    var position = 0
    while position < nodes[index].flights.count {
      let attempts = nodes[index].flights[position].attempts
      if attempts.deadline > now {
        position += 1
      } else {
        guard attempts.retries < options.retryLimit else { return true }
        if repeatFlight(position, index, messages) { position += 1 }
      }
    }
    return false
  }

  /// Repeats every request that waits for an answer.
  mutating func repeatRequests(_ index: Int, _ messages: borrowing MessageStore) {
    if nodes[index].registration != nil { repeatRegister(index, messages) }
    var position = 0
    while position < nodes[index].flights.count {
      if repeatFlight(position, index, messages) { position += 1 }
    }
  }

  private mutating func repeatRegister(_ index: Int, _ messages: borrowing MessageStore) {
    guard var registration = nodes[index].registration, let first = nodes[index].pending.first
    else { return }
    registration.attempts = nextAttempt(after: registration.attempts, of: index)
    nodes[index].registration = registration
    let message = Register(
      topicID: registration.id, messageID: registration.messageID,
      topicName: messages.topic(of: first.message))
    send(message, to: index)
  }

  /// Sends PUBLISH or PUBREL again; false when the node has to be told the topic's id first, and the
  /// message waits for that.
  private mutating func repeatFlight(
    _ position: Int, _ index: Int, _ messages: borrowing MessageStore
  ) -> Bool {
    nodes[index].flights[position].attempts = nextAttempt(
      after: nodes[index].flights[position].attempts, of: index)
    // [SN 6.13] the same MsgId, and DUP.
    nodes[index].flights[position].delivery.flags.insert(.duplicate)
    let flight = nodes[index].flights[position]
    if flight.isReleased {
      send(Pubrel(messageID: flight.delivery.packetID), to: index)
    } else if let reference = reference(of: messages.topic(of: flight.delivery.message), for: index)
    {
      send(flight.delivery, reference, to: index, messages)
    } else if nodes[index].registration == nil, registerAgain(flight.delivery, index, messages) {
      removeFlight(at: position, of: index)
      return false
    }
    return true
  }

  private mutating func nextAttempt(after attempts: Attempts, of index: Int) -> Attempts {
    counters.retransmissions &+= 1
    nodes[index].counters.retransmissions &+= 1
    var next = self.attempts(of: index)
    next.retries = attempts.retries &+ 1
    return next
  }
}

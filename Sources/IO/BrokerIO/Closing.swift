import BrokerCore
import MQTTCodec
import MQTTLink
import Reactor
import SessionLink
import Slabs
import Streams

extension BrokerService {
  /// Ends a connection for a reason of its own, which the peer is told where MQTT has words for it.
  mutating func end(_ id: SlotID, for reason: CloseReason, at now: LinkTime) {
    let index = Int(id.index)
    guard !streams.slots[index].isDoomed else { return }
    notices.append(.closed(clientID: clientID(index), streams.slots[index].peer, reason))
    traffic.count(reason)
    tell(index, reason)
    leave(
      id, reason == .disconnected ? streams.slots[index].connection.departure : .lost, at: now)
  }

  /// Ends a connection that the peer or the network has ended.
  mutating func lose(_ id: SlotID, _ error: SystemError?, at now: LinkTime) {
    let index = Int(id.index)
    notices.append(.lost(clientID: clientID(index), streams.slots[index].peer, error))
    leave(id, .lost, at: now)
  }

  mutating func leave(_ id: SlotID, _ departure: Departure, at now: LinkTime) {
    broker.handle(
      .closed(departure), from: streams.slots[Int(id.index)].link, at: now, commands: &commands)
    doom(id)
  }

  /// Writes what the peer is told before its connection ends.
  private mutating func tell(_ index: Int, _ reason: CloseReason) {
    streams.answer(index) { connection, output in
      try? connection.encodeFarewell(reason, into: &output)
    }
  }

  /// Lets a stream be closed at the end of the tick, after a last flush [MQTT5-3.14.4-2].
  mutating func doom(_ id: SlotID) {
    let index = Int(id.index)
    guard streams.slots.contains(id), !streams.slots[index].isDoomed else { return }
    streams.slots[index].isDoomed = true
    streams.slots[index].connection.close()
    doomed.append(id)
  }

  mutating func closeDoomed(_ reactor: inout Reactor, at now: LinkTime) {
    var next = 0
    while next < doomed.count {
      if streams.slots.contains(doomed[next]) { flush(doomed[next], &reactor, at: now) }
      close(doomed[next], at: now)
      next += 1
    }
    doomed.removeAll()
    perform(at: now)
  }

  private mutating func close(_ id: SlotID, at now: LinkTime) {
    guard var stream = streams.slots.remove(id) else { return }
    // The hub may not know yet: the write failed, or the descriptor could not be watched.
    broker.handle(.closed(.lost), from: stream.link, at: now, commands: &commands)
    stream.discardOutput(to: &streams.pool)
    _ = links.remove(stream.link)
    listeners[Int(stream.listener)].connectionCount -= 1
  }

  /// The Client Identifier of a stream's session, printable.
  func clientID(_ index: Int) -> String {
    guard let id = broker.clientID(of: streams.slots[index].link) else { return "<unknown>" }
    return id
  }
}

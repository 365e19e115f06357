import MQTTSNCodec
import SessionLink
import Slabs

// [SN 6.12] leaving, being lost, being shown out.
extension Gateway {
  /// The node says goodbye.
  mutating func leave(_ index: Int, links: inout LinkTable, messages: inout MessageStore) {
    notice(.disconnected, of: index)
    _ = departed.insert(nodes[index].address)
    send(Disconnect(), to: index)
    dropDeliveries(of: index, messages: &messages)
    removeNode(index, .announced, links: &links)
  }

  /// The node does not answer, or is silent: its will is published.
  mutating func lose(
    _ index: Int, _ kind: GatewayNotice.Kind, links: inout LinkTable,
    messages: inout MessageStore
  ) {
    counters.nodesLost &+= 1
    notice(kind, of: index)
    dropDeliveries(of: index, messages: &messages)
    removeNode(index, .lost, links: &links)
  }

  /// The hub closes the node's link. It has let go of the link already.
  mutating func eject(_ index: Int, links: inout LinkTable, messages: inout MessageStore) {
    notice(.ejected, of: index)
    send(Disconnect(), to: index)
    dropDeliveries(of: index, messages: &messages)
    removeNode(index, .lost, links: &links)
  }

  /// Gives back what the node's deliveries hold.
  mutating func dropDeliveries(of index: Int, messages: inout MessageStore) {
    dropRequests(to: index, messages: &messages)
    while let waiting = nodes[index].pending.popFirst() { messages.release(waiting.message) }
  }

  /// Gives up the requests that wait for the node's answer.
  mutating func dropRequests(to index: Int, messages: inout MessageStore) {
    nodes[index].registration = nil
    while let flight = nodes[index].flights.popLast() {
      if !flight.isReleased { messages.release(flight.delivery.message) }
    }
  }

  /// Forgets the node, whose deliveries were dropped.
  mutating func removeNode(_ index: Int, _ departure: Departure, links: inout LinkTable) {
    if let link = nodes[index].link { retire(link, departure, links: &links) }
    forgetAddress(of: index)
    forgetName(of: index)
    timers.remove(index)
    if let id = nodes.id(at: index) { _ = nodes.remove(id) }
  }

  /// Tells the hub that a link is gone. A hub that knows already does not mind.
  mutating func retire(_ link: LinkID, _ departure: Departure, links: inout LinkTable) {
    links.forget(link)
    events.append(NodeEvent(link: link, kind: .closed(departure)))
  }

  /// [SN 6.12] a DISCONNECT that is repeated because our answer was lost. Nobody else's is answered,
  /// or two gateways could be made to say goodbye to each other for ever.
  mutating func answerGoodbye(from address: NodeAddress) {
    counters.strangers &+= 1
    if departed.contains(address), strangerAnswers.take(at: now) {
      send(Disconnect(), toAddress: address)
    }
  }

  /// [SN 7.10] a client that we do not know learns at once that it has to connect again. The answer
  /// is never larger than the message, and the rate is limited.
  mutating func answerStranger(at address: NodeAddress) {
    counters.strangers &+= 1
    if strangerAnswers.take(at: now) { send(Disconnect(), toAddress: address) }
  }
}

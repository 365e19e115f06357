import MQTTTerms
import SessionLink

@testable import BrokerCore

// Whether the broker keeps what the model keeps, and nothing else.
extension RandomWalk {
  func compareTables() throws {
    let sessions = model.sessions.compactMap { $0 }
    let retained = model.retained.compactMap { $0 }
    let subscriptions = sessions.flatMap(\.subscriptions)
    try same("sessions", broker.sessionCount, sessions.count)
    try same("connected clients", broker.connectedClients, sessions.count { $0.link != nil })
    try same("subscriptions", broker.statistics.subscriptions, subscriptions.count)
    try same(
      "shared ones", broker.statistics.sharedSubscriptions, subscriptions.count { $0.share > 0 })
    try same("retained messages", broker.statistics.retainedMessages, retained.count)
    try same(
      "that wait", broker.statistics.waitingMessages, sessions.reduce(0) { $0 + $1.queue.count })
    try same(
      "identities", broker.identities.count,
      Set(sessions.map(\.identity) + retained.map(\.identity)).subtracting([0]).count)
    try same("dropped", Int(broker.statistics.publishesDropped), model.dropped)
    try same("expired", Int(broker.statistics.publishesExpired), model.expired)
    try same("sessions that ended", Int(broker.statistics.sessionsExpired), model.ended)
    try compareNodes()
    try compareMessages(sessions, retained)
  }

  private func compareNodes() throws {
    var nodes: Set<Int> = []
    for (filter, listed) in model.listings.enumerated() where !listed.isEmpty {
      nodes.formUnion(WalkNames.filterNodes[filter])
    }
    for (topic, message) in model.retained.enumerated() where message != nil {
      nodes.formUnion(WalkNames.topicNodes[topic])
    }
    try same("tree nodes", broker.tree.count, nodes.count + 1)
  }

  private func compareMessages(
    _ sessions: [ModelSession], _ retained: [ModelMessage]
  ) throws {
    var needed: [Int: Int] = [:]
    for message in retained { needed[message.number] = message.octets }
    var runs = 0
    for session in sessions {
      for copy in session.queue + session.inFlight.map(\.copy) where copy.identifiers.count > 1 {
        runs += 1
      }
      let inFlight = session.inFlight.filter { !$0.isReceived }.map(\.copy)
      for copy in session.queue + inFlight { needed[copy.message.number] = copy.message.octets }
      if let will = session.will { needed[will.message.number] = will.message.octets }
    }
    try same("messages", broker.messages.count, needed.count)
    try same("octets", broker.messages.byteCount, needed.values.reduce(0, +))
    try same("lists of identifiers", broker.keptIdentifiers.count, runs)
  }

  private func same(_ what: String, _ real: Int, _ model: Int) throws {
    if real != model { throw Disagreement("\(real) \(what) instead of \(model)") }
  }

  // MARK: The end

  /// When everybody has left and nothing is retained, nothing is left.
  mutating func leaveEverything() throws {
    for client in 0..<Self.clients {
      let link = openClean("client \(client)", client)
      tell(link, .closed(.announced))
    }
    for topic in WalkNames.topics {
      let name = Array(topic.utf8)
      broker.publish(
        topic: name.span, payload: Span(), isRetained: true, commands: &commands)
    }
    hear()
    try same("messages at the end", broker.messages.count, 0)
    try same("octets at the end", broker.messages.byteCount, 0)
    try same("tree nodes at the end", broker.tree.count, 1)
    try same("sessions at the end", broker.sessionCount, 0)
    try same("shares at the end", broker.shares.count, 0)
    try same("identities at the end", broker.identities.count, 0)
    try same("lists of identifiers at the end", broker.keptIdentifiers.count, 0)
    try same("that wait at the end", broker.statistics.waitingMessages, 0)
  }

  private mutating func openClean(_ name: String, _ number: Int) -> LinkID {
    let link = LinkID(index: UInt32(number), generation: .max)
    let id = Array(name.utf8)
    tell(
      link,
      .open(
        SessionRequest(
          clientID: id.span, isCleanStart: true, sessionExpiry: 0, traits: LinkTraits())))
    return link
  }
}

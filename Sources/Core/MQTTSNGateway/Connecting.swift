import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.2] CONNECT: new, repeated, or refused.
extension Gateway {
  /// A CONNECT from an address where no node lives.
  @_lifetime(&self)
  mutating func connect(
    _ connect: Connect, from address: NodeAddress, links: inout LinkTable,
    messages: inout MessageStore
  ) -> GatewayStep {
    if isRefused(connect, at: address) { return .none }
    // [SN 6.14] a sleeping node wakes up wherever it is now.
    if let sleeper = sleeper(named: connect.clientID) {
      move(sleeper, to: address, links: &links, messages: &messages)
      nodes[sleeper].lastHeard = now
      resume(sleeper, connect)
      return .none
    }
    // [SN 7.13] short of resources: the client waits T_WAIT before it tries again.
    guard nodes.count < options.limits.nodes else {
      refuse(.congestion, at: address, clientID: connect.clientID)
      return .none
    }
    let setup = ConnectSetup(connect)
    let index = Int(nodes.insert(Node(address: address, setup: setup, at: now)).index)
    noteAddress(of: index)
    nodes[index].clientID.append(contentsOf: connect.clientID)
    return startDialogue(of: index, links: &links)
  }

  /// A CONNECT from a node's address: the last one repeated, or a new set-up.
  @_lifetime(&self)
  mutating func connect(
    _ connect: Connect, again index: Int, links: inout LinkTable, messages: inout MessageStore
  ) -> GatewayStep {
    if isRefused(connect, at: nodes[index].address) { return .none }
    if isRepeat(connect, of: index) {
      repeatAnswer(to: index)
      return .none
    }
    if sleeper(named: connect.clientID) == index {
      resume(index, connect)
      return .none
    }
    let old = nodes[index].link
    renew(index, for: connect, messages: &messages)
    if nodes[index].phase.isOpening { allocateLink(of: index, links: &links) }
    // The old link goes after the new one has its slot, so that they never share one.
    if let old { retire(old, .lost, links: &links) }
    return startDialogue(of: index, links: &links)
  }

  /// Refuses what cannot be connected. No code exists for a bad protocol or client identifier, nor
  /// for a node that may not connect; 03 comes nearest [SN 5.3.10].
  private mutating func isRefused(_ connect: Connect, at address: NodeAddress) -> Bool {
    let isTooLong = connect.clientID.count > options.limits.clientIdentifierLength
    if connect.protocolID != 1 || isTooLong {
      refuse(.notSupported, at: address, clientID: connect.clientID)
      return true
    }
    guard let reason = barred(connect.clientID, at: address) else { return false }
    notice(reason, at: address, clientID: connect.clientID)
    refuse(.notSupported, at: address)
    return true
  }

  /// Why the list of nodes keeps one out.
  func barred(_ clientID: Span<UInt8>, at address: NodeAddress) -> GatewayNotice.Kind? {
    switch knownNodes.standing(of: clientID, at: address) {
    case .listed: nil
    case .misplaced: .misplaced
    case .unlisted: knownNodes.unlisted == .refused ? .unlisted : nil
    }
  }

  mutating func refuse(
    _ code: ReturnCode, at address: NodeAddress, clientID: Span<UInt8>
  ) {
    notice(.refused(code), at: address, clientID: clientID)
    refuse(code, at: address)
  }

  mutating func refuse(_ code: ReturnCode, at address: NodeAddress) {
    counters.connectsRefused &+= 1
    send(Connack(returnCode: code), toAddress: address)
  }

  /// [SN 6.2] whether the client has only not heard our answer: then it gets it again, and nothing
  /// else happens.
  private func isRepeat(_ connect: Connect, of index: Int) -> Bool {
    !nodes[index].hasSpoken && nodes[index].setup == ConnectSetup(connect)
      && isSameName(nodes[index].clientID.span, connect.clientID)
  }

  private mutating func repeatAnswer(to index: Int) {
    switch nodes[index].phase {
    case .active: send(Connack(returnCode: .accepted), to: index)
    case .willTopicAsked, .willMessageAsked:
      nodes[index].phase = .willTopicAsked
      send(WillTopicRequest(), to: index)
    case .opening, .asleep, .awake: break
    }
  }

  /// Makes the node as it was before its CONNECT: a client that was reset, or another client that
  /// has got the address.
  private mutating func renew(
    _ index: Int, for connect: Connect, messages: inout MessageStore
  ) {
    dropDeliveries(of: index, messages: &messages)
    if !isSameName(nodes[index].clientID.span, connect.clientID) {
      notice(.replaced, of: index)
      nodes[index].topics.removeAll()
    }
    forgetName(of: index)
    // [SN 6.2] CleanSession forgets the ids; without it a client is told them again before use.
    if connect.isCleanSession { nodes[index].topics.removeAll() }
    nodes[index].topics.forgetKnowledge()
    nodes[index].clientID.removeAll()
    nodes[index].clientID.append(contentsOf: connect.clientID)
    nodes[index].setup = ConnectSetup(connect)
    nodes[index].link = nil
    nodes[index].phase = connect.hasWill ? .willTopicAsked : .opening
    nodes[index].hasSpoken = false
    nodes[index].sleep = Sleep()
    nodes[index].requests = RequestTable()
    nodes[index].counters = NodeCounters()
  }
}

extension ConnectSetup {
  init(_ connect: Connect) {
    duration = connect.duration
    isCleanSession = connect.isCleanSession
    hasWill = connect.hasWill
  }
}

import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// [SN 6.2] CONNECT, the will dialogue, CONNACK.
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

  /// [SN 6.2] WILLTOPIC: an empty one means that there is no will after all.
  @_lifetime(&self)
  mutating func willTopic(
    _ topic: WillTopic, from index: Int, links: inout LinkTable
  ) -> GatewayStep {
    guard nodes[index].phase.isWillDialogue else { return .none }
    if topic.isNoWill {
      nodes[index].phase = .opening
      nodes[index].will.isDeclined = true
      return open(index, will: Span(), links: &links)
    }
    guard isTopicName(topic.topicName), topic.topicName.count <= options.limits.topicOctetsPerNode
    else {
      giveUp(index, .notSupported, links: &links)
      return .none
    }
    nodes[index].will.name(topic.topicName)
    nodes[index].will.qos = topic.qos
    nodes[index].will.isRetained = topic.isRetained
    nodes[index].phase = .willMessageAsked
    awaitDialogue(of: index)
    send(WillMessageRequest(), to: index)
    return .none
  }

  /// [SN 6.2] WILLMSG: the last step before the session.
  @_lifetime(&self, copy message)
  mutating func willMessage(
    _ message: WillMessage, from index: Int, links: inout LinkTable
  ) -> GatewayStep {
    switch nodes[index].phase {
    case .willMessageAsked:
      nodes[index].phase = .opening
      return open(index, will: message.payload, links: &links)
    case .active:
      // Our CONNACK was lost.
      if !nodes[index].hasSpoken { send(Connack(returnCode: .accepted), to: index) }
      return .none
    case .willTopicAsked, .opening, .asleep, .awake: return .none
    }
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

  private mutating func refuse(
    _ code: ReturnCode, at address: NodeAddress, clientID: Span<UInt8>
  ) {
    notice(.refused(code), at: address, clientID: clientID)
    refuse(code, at: address)
  }

  private mutating func refuse(_ code: ReturnCode, at address: NodeAddress) {
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

  @_lifetime(&self)
  private mutating func startDialogue(of index: Int, links: inout LinkTable) -> GatewayStep {
    guard nodes[index].setup.hasWill else { return open(index, will: Span(), links: &links) }
    nodes[index].phase = .willTopicAsked
    nodes[index].will = WillDraft()
    awaitDialogue(of: index)
    send(WillTopicRequest(), to: index)
    return .none
  }

  /// [SN 6.2] a half-done dialogue ends when the client has had all its retries.
  private mutating func awaitDialogue(of index: Int) {
    let patience = options.retryInterval * (UInt64(options.retryLimit) + 1)
    nodes[index].dialogueDeadline = now + patience
    timers.call(index, at: now + patience)
  }

  private mutating func allocateLink(of index: Int, links: inout LinkTable) {
    guard nodes[index].link == nil else { return }
    let slot = UInt32(truncatingIfNeeded: index)
    nodes[index].link = links.insert(LinkOwner(service: service, slot: slot))
  }

  /// Asks the hub for the node's session.
  @_lifetime(&self, copy payload)
  private mutating func open(
    _ index: Int, will payload: Span<UInt8>, links: inout LinkTable
  ) -> GatewayStep {
    allocateLink(of: index, links: &links)
    awaitDialogue(of: index)
    guard let link = nodes[index].link else { return .none }
    return .event(link, .open(request(of: index, will: payload)))
  }

  @_lifetime(&self, copy payload)
  private mutating func request(of index: Int, will payload: Span<UInt8>) -> SessionRequest {
    let isClean = nodes[index].setup.isCleanSession
    // [SN 6.6] one PUBLISH at QoS 1 or 2 toward a node at a time, unless more are wanted.
    // [SN 6.3] its will belongs to the session.
    let traits = LinkTraits(
      receiveMaximum: options.nodeInflightMessages,
      maximumPacketSize: UInt32(maximumDatagram(to: nodes[index].address)),
      queuesQoS0Asleep: true, queueLimit: options.nodeQueueMessages,
      overflow: options.nodeQueuePolicy,
      keepsWill: !nodes[index].will.isDeclined, continuesIdentifiers: true, hearsReasons: true,
      hearsRefusalsAtQoS0: true)
    let clientID = unbound(nodes[index].clientID.span)
    var will: WillRequest?
    if nodes[index].will.topic.isThere {
      will = WillRequest(
        IncomingPublish(
          topic: unbound(nodes[index].will.topic[].span), payload: payload,
          qos: nodes[index].will.qos, isRetained: nodes[index].will.isRetained, packetID: .none))
    }
    var isVouched = knownNodes.unlisted == .allowed
    var userName: Span<UInt8>?
    if case .listed(let entry) = knownNodes.standing(
      of: nodes[index].clientID.span, at: nodes[index].address)
    {
      userName = unbound(knownNodes.userName(at: entry))
      isVouched = true
    }
    return SessionRequest(
      clientID: clientID, isCleanStart: isClean,
      sessionExpiry: isClean ? 0 : options.sessionExpiry, traits: traits,
      address: PeerAddress(line: nodes[index].address.line), isVouched: isVouched, will: will,
      userName: userName)
  }

  /// The hub has a session for the node.
  mutating func opened(_ index: Int) {
    guard nodes[index].phase.isOpening else { return }
    nodes[index].phase = .active
    nodes[index].will = WillDraft()
    noteName(of: index)
    notice(.connected, of: index)
    superviseActive(index)
    send(Connack(returnCode: .accepted), to: index)
  }

  /// The hub gives no session.
  mutating func refused(_ index: Int, _ refusal: Refusal, links: inout LinkTable) {
    let code: ReturnCode =
      refusal == .quotaExceeded || refusal == .busy ? .congestion : .notSupported
    if let link = nodes[index].link { links.forget(link) }
    nodes[index].link = nil
    giveUp(index, code, links: &links)
  }

  /// Ends a half-done dialogue with a CONNACK.
  mutating func giveUp(_ index: Int, _ code: ReturnCode, links: inout LinkTable) {
    notice(.refused(code), of: index)
    refuse(code, at: nodes[index].address)
    removeNode(index, .lost, links: &links)
  }
}

extension ConnectSetup {
  init(_ connect: Connect) {
    duration = connect.duration
    isCleanSession = connect.isCleanSession
    hasWill = connect.hasWill
  }
}

extension SlotTable where Element == LinkOwner {
  /// Removes a link, if it is still there.
  mutating func forget(_ link: LinkID) { _ = remove(link) }
}

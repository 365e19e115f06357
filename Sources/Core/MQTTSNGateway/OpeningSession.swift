import MQTTSNCodec
import MQTTTerms
import SessionLink
import Slabs

// A node's session with the hub, and CONNACK.
extension Gateway {
  mutating func allocateLink(of index: Int, links: inout LinkTable) {
    guard nodes[index].link == nil else { return }
    let slot = UInt32(truncatingIfNeeded: index)
    nodes[index].link = links.insert(LinkOwner(service: service, slot: slot))
  }

  /// Asks the hub for the node's session.
  @_lifetime(&self, copy payload)
  mutating func open(
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

extension SlotTable where Element == LinkOwner {
  /// Removes a link, if it is still there.
  mutating func forget(_ link: LinkID) { _ = remove(link) }
}

import MQTTTerms
import SessionLink
import Slabs
import WireBytes

extension Broker {
  mutating func open(
    _ request: borrowing SessionRequest, as link: LinkID, _ commands: inout CommandQueue
  ) {
    // [MQTT-3.1.0-2] [MQTT5-3.1.0-2] a second CONNECT on one connection.
    guard session(of: link) == nil, login(of: link) == nil else {
      return eject(link, .protocolError, &commands)
    }
    if let refusal = refusal(of: request) {
      return refuse(request, link, refusal, &commands)
    }
    logIn(request, as: link, &commands)
  }

  /// Tells a peer that it gets no session [MQTT5-3.1.4-2]; the log hears `remark`, where it tells more
  /// than the refusal.
  mutating func refuse(
    _ request: borrowing SessionRequest, _ link: LinkID, _ refusal: Refusal,
    because remark: BrokerRemark? = nil, _ commands: inout CommandQueue
  ) {
    statistics.refusals &+= 1
    remarkOnStranger(remark ?? .refused(who(peer(request)), refusal))
    commands.commands.append(.refused(link, refusal))
  }

  @_lifetime(copy request)
  func peer(_ request: borrowing SessionRequest) -> Peer {
    peer(request, clientID(of: request))
  }

  @_lifetime(copy request, copy clientID)
  private func peer(
    _ request: borrowing SessionRequest, _ clientID: Span<UInt8>
  ) -> Peer {
    Peer(
      clientID: clientID, userName: request.userName, address: request.address,
      isTrusted: request.isTrusted)
  }

  /// Why a request gets no session, whoever the peer is.
  mutating func refusal(of request: borrowing SessionRequest) -> Refusal? {
    if let refusal = refusal(ofNameOf: request) { return refusal }
    if let will = request.will, let refusal = refusal(ofWill: will) { return refusal }
    let clientID = clientID(of: request)
    guard clientID.isEmpty || sessionOfClient.value(of: clientID) == nil,
      sessions.count >= limits.sessions
    else { return nil }
    statistics.hit(.sessions)
    return .quotaExceeded
  }

  /// A will is a message like others.
  private mutating func refusal(ofWill will: WillRequest) -> Refusal? {
    if limits.messageOctets > 0, will.message.payload.count > limits.messageOctets {
      statistics.hit(.messageOctets)
      return .quotaExceeded
    }
    let isFalse =
      limits.checksPayloadFormat && will.message.isText && !isWellFormedUTF8(will.message.payload)
    return isFalse ? .payloadFormatInvalid : nil
  }

  /// Opens the session of a peer that is who it says it is; `data` are the last octets of its
  /// exchange.
  mutating func admit(
    _ request: borrowing SessionRequest, as link: LinkID, data: IndexRange,
    _ commands: inout CommandQueue
  ) {
    let clientID = clientID(of: request)
    if clientID.isEmpty {
      // [MQTT-3.1.3-6] [MQTT5-3.1.3-6] [MQTT5-3.1.3-7] it gets one of its own.
      let assigned = assignClientID(policy(request.policy).assignedPrefix)
      admit(request, assigned.span, as: link, data: data, &commands)
    } else {
      admit(request, clientID, as: link, data: data, &commands)
    }
  }

  private mutating func admit(
    _ request: borrowing SessionRequest, _ clientID: Span<UInt8>, as link: LinkID,
    data: IndexRange, _ commands: inout CommandQueue
  ) {
    let peer = peer(request, clientID)
    let policy = policy(request.policy)
    let isNamed = request.userName != nil || !policy.identifiesByUserName
    guard isNamed, policy.allows(.connect, Span(), for: peer) else {
      return refuse(request, link, .notAuthorized, &commands)
    }
    if let will = request.will, !mayLeave(will, policy, peer) {
      let topic = printable(will.message.topic)
      return refuse(
        request, link, .notAuthorized, because: .denied(who(peer), .will, topic: topic),
        &commands)
    }
    let (id, isPresent) = session(for: clientID, request, &commands)
    let session = Int(id.index)
    if isPresent {
      rename(session, clientID, request)
      endDenied(of: session)
    }
    sessions[session].traits = traits(of: request)
    sessions[session].expiry = request.sessionExpiry
    sessions[session].link = link
    // [MQTT-4.1.0-2] [MQTT5-4.1.0-1] as long as it is connected it does not end.
    sessions[session].expiresAt = nil
    sessions[session].isPaused = request.startsPaused
    sessions[session].drainBudget = nil
    attach(link, to: id)
    connectedCount += 1
    statistics.connectedMaximum = max(statistics.connectedMaximum, connectedCount)
    setWill(of: session, request)
    // [MQTT-3.1.4-4], [MQTT-3.2.0-1] [MQTT5-3.1.4-5] [MQTT5-3.2.0-1] CONNACK, before anything else
    // goes out; [MQTT-3.2.2-1], [MQTT-3.2.2-2], [MQTT-3.2.2-3] [MQTT5-3.2.2-2] [MQTT5-3.2.2-3] it
    // tells what was found. There is no second one [MQTT5-3.2.0-2].
    let opening = Opening(
      isSessionPresent: isPresent, isIdentifierAssigned: request.clientID.isEmpty,
      authenticationData: data)
    commands.commands.append(.opened(link, opening))
    if isPresent { redeliver(session, &commands) }
  }

  /// Whether rules let a peer leave its will.
  private func mayLeave(
    _ will: WillRequest, _ policy: AccessPolicy, _ peer: borrowing Peer
  ) -> Bool {
    if isReserved(will.message.topic) || isRequest(will.message.topic) { return false }
    return policy.allows(.will, will.message.topic, for: peer)
  }

  /// The session of before, or a new one; and whether it is the one of before.
  private mutating func session(
    for clientID: Span<UInt8>, _ request: borrowing SessionRequest,
    _ commands: inout CommandQueue
  ) -> (SlotID, isPresent: Bool) {
    // [MQTT-3.1.3-2] [MQTT5-3.1.3-2] the identifier names the session.
    let known = sessionOfClient.value(of: clientID).flatMap { sessions.id(at: Int($0)) }
    if let known { takeOver(known, &commands) }
    if let known, sessions.contains(known) {
      // [MQTT-3.1.2-4] [MQTT5-3.1.2-5] it goes on, and its will with it [MQTT5-3.1.3-9].
      if !request.isCleanStart { return (known, true) }
      // [MQTT-3.1.2-6], [MQTT-3.1.4-3] [MQTT5-3.1.2-4] [MQTT5-3.1.4-4] it starts with nothing.
      end(known, &commands)
    }
    // [MQTT5-3.1.2-6]
    let identity = identify(clientID, request)
    let id = sessions.insert(
      Session(identity: identity, traits: request.traits, expiry: request.sessionExpiry))
    sessionOfClient.set(clientID, to: id.index)
    return (id, false)
  }

  /// Notes who has the session now.
  private mutating func rename(
    _ session: Int, _ clientID: Span<UInt8>, _ request: borrowing SessionRequest
  ) {
    let before = sessions[session].identity
    sessions[session].identity = identify(clientID, request)
    identities.release(before)
  }

  private mutating func identify(
    _ clientID: Span<UInt8>, _ request: borrowing SessionRequest
  ) -> IdentityID {
    identities.insert(
      clientID: clientID, userName: request.userName, address: request.address,
      policy: request.policy, isTrusted: request.isTrusted)
  }

  private mutating func traits(of request: borrowing SessionRequest) -> LinkTraits {
    var traits = request.traits
    traits.queuesQoS0 = traits.queuesQoS0 || limits.queuesQoS0
    // Who gets every copy stands in the lists of the cache.
    if limits.deliversOverlaps { cache.invalidate() }
    return traits
  }

  /// Closes the link that has the session now [MQTT-3.1.4-2] [MQTT5-3.1.4-3].
  private mutating func takeOver(_ id: SlotID, _ commands: inout CommandQueue) {
    guard let link = sessions[Int(id.index)].link else { return }
    eject(link, .takenOver, &commands)
  }

  /// Sends again what the session brought along, then what waited.
  private mutating func redeliver(_ session: Int, _ commands: inout CommandQueue) {
    sessions[session].window.restart(
      continuing: sessions[session].traits.continuesIdentifiers)
    drainQueue(of: session, &commands)
  }

  /// Sends again what was in flight on an earlier connection [MQTT-4.4.0-1] [MQTT5-4.4.0-1]
  /// [MQTT5-4.4.0-2], no more at once than the peer takes now.
  mutating func takeUp(_ session: Int, _ link: LinkID, _ commands: inout CommandQueue) {
    let limit = Int(sessions[session].traits.receiveMaximum)
    // [MQTT-3.3.1-1], [MQTT-4.3.3-1] [MQTT5-3.3.1-1] [MQTT5-4.8.2-4] DUP, or no message at all once
    // PUBREC has come. RETAIN stays as it was [MQTT-3.3.1-8] [MQTT5-3.3.1-13].
    while let entry = sessions[session].window.takeUp(limit: limit) {
      guard let message = entry.message else {
        commands.commands.append(.release(link, entry.packetID, isKnown: true))
        continue
      }
      guard mayReceive(message, session) else {
        abandon(entry.packetID, session)
        continue
      }
      messages.retain(message)
      let start = commands.recipients.count
      commands.recipients.append(
        Recipient(
          link: link, packetID: entry.packetID, qos: entry.phase.qos,
          flags: entry.flags.union(.duplicate),
          identifiers: keptIdentifiers.show(entry.identifiers, in: &commands)))
      finish(message, recipientsFrom: start, &commands)
    }
  }
}

import MQTTTerms
import SessionLink
import Slabs

extension Broker {
  mutating func open(
    _ request: borrowing SessionRequest, as link: LinkID, at now: LinkTime,
    _ commands: inout CommandQueue
  ) {
    // [MQTT-3.1.0-2] a second CONNECT on one connection.
    guard session(of: link) == nil else {
      return commands.commands.append(.close(link, .protocolError))
    }
    if let refusal = refusal(of: request) {
      return commands.commands.append(.refused(link, refusal))
    }
    if request.clientID.isEmpty {
      let assigned = assignClientID()
      open(request, assigned.span, as: link, at: now, &commands)
    } else {
      open(request, request.clientID, as: link, at: now, &commands)
    }
  }

  private func refusal(of request: borrowing SessionRequest) -> Refusal? {
    guard policy.allowsAnonymous else { return .notAuthorized }
    if request.clientID.count > limits.clientIdentifierLength { return .clientIdentifierNotValid }
    // [MQTT-3.1.3-8] without an identifier there is nothing to find the session by again.
    if request.clientID.isEmpty, !request.isCleanStart { return .clientIdentifierNotValid }
    if sessionOfClient.value(of: request.clientID) == nil, sessions.count >= limits.sessions {
      return .quotaExceeded
    }
    return nil
  }

  private mutating func open(
    _ request: borrowing SessionRequest, _ clientID: Span<UInt8>, as link: LinkID,
    at now: LinkTime, _ commands: inout CommandQueue
  ) {
    // [MQTT-3.1.3-2] the identifier names the session.
    let known = sessionOfClient.value(of: clientID).flatMap { sessions.id(at: Int($0)) }
    if let known { takeOver(known, at: now, &commands) }
    // A session that ends with its connection is gone by now.
    let isPresent = known.map { !request.isCleanStart && sessions.contains($0) } ?? false
    // [MQTT-3.1.2-6], [MQTT-3.1.4-3] a clean session starts with nothing.
    if !isPresent, let known, sessions.contains(known) { end(known) }
    let id: SlotID
    // [MQTT-3.1.2-4] otherwise it goes on, or is made.
    if isPresent, let known {
      id = known
    } else {
      id = sessions.insert(
        Session(clientID: clientID, traits: request.traits, expiry: request.sessionExpiry))
      sessionOfClient.set(clientID, to: id.index)
    }
    let session = Int(id.index)
    sessions[session].traits = request.traits
    sessions[session].expiry = request.sessionExpiry
    sessions[session].link = link
    sessions[session].expiresAt = nil
    sessions[session].isPaused = false
    attach(link, to: id)
    connectedCount += 1
    statistics.connectedMaximum = max(statistics.connectedMaximum, connectedCount)
    setWill(of: session, request)
    // [MQTT-3.1.4-4], [MQTT-3.2.0-1] CONNACK, before anything else goes out;
    // [MQTT-3.2.2-1], [MQTT-3.2.2-2], [MQTT-3.2.2-3] it tells what was found.
    commands.commands.append(.opened(link, isSessionPresent: isPresent))
    if isPresent { redeliver(session, &commands) }
  }

  /// Closes the link that has the session now [MQTT-3.1.4-2].
  private mutating func takeOver(
    _ id: SlotID, at now: LinkTime, _ commands: inout CommandQueue
  ) {
    guard let link = sessions[Int(id.index)].link else { return }
    commands.commands.append(.close(link, .takenOver))
    close(link, .lost, at: now, &commands)
  }

  private mutating func setWill(of session: Int, _ request: borrowing SessionRequest) {
    // [MQTT-3.1.2-12] no will is kept of a client that has none.
    guard !request.willTopic.isEmpty else { return }
    let message = messages.insert(
      topic: request.willTopic, payload: request.willPayload,
      qos: request.willQoS)
    sessions[session].will = .init(message: message, isRetained: request.isWillRetained)
  }

  /// Sends again what the session brought along [MQTT-4.4.0-1], then what waited.
  private mutating func redeliver(_ session: Int, _ commands: inout CommandQueue) {
    guard let link = sessions[session].link else { return }
    sessions[session].window.restart()
    // [MQTT-3.3.1-1], [MQTT-4.3.3-1] DUP, or no message at all once PUBREC has come.
    for k in 0..<sessions[session].window.resumedCount {
      let entry = sessions[session].window.resumed(k)
      guard let message = entry.message else {
        commands.commands.append(.release(link, entry.packetID))
        continue
      }
      messages.retain(message)
      let start = commands.recipients.count
      commands.recipients.append(
        Recipient(
          link: link, packetID: entry.packetID, qos: entry.phase.qos, flags: .duplicate))
      finish(message, recipientsFrom: start, &commands)
    }
    drainQueue(of: session, &commands)
  }

  /// An identifier that no client has [MQTT-3.1.3-6]: the prefix, the seed's half, a count.
  private mutating func assignClientID() -> Slab<UInt8> {
    var id = Slab<UInt8>(capacity: 32)
    repeat {
      id.removeAll()
      id.append(contentsOf: Self.assignedPrefix.span)
      assignedIDs &+= 1
      appendHexadecimal(NameHash.mix(seed, assignedIDs &* 0x9E37_79B9_7F4A_7C15), to: &id)
      appendHexadecimal(assignedIDs, to: &id)
    } while sessionOfClient.value(of: id.span) != nil
    return id
  }

  private static var assignedPrefix: [UInt8] { Array("auto-".utf8) }

  private func appendHexadecimal(_ value: UInt64, to text: inout Slab<UInt8>) {
    for shift in stride(from: 28, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
      text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}

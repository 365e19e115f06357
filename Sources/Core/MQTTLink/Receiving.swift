import MQTTCodec
import MQTTTerms
import SessionLink

extension Connection {
  /// Reads the next packet at the start of `bytes`; `consumed` grows by what was used.
  @_lifetime(copy bytes)
  public mutating func receive(
    _ bytes: Span<UInt8>, consumed: inout Int, at now: LinkTime
  ) -> Step {
    if openRequest != nil { return nextEntry(bytes, &consumed) }
    // [MQTT-3.1.4-5] nothing behind a CONNECT is read before it is accepted.
    guard phase == .connected || phase == .awaitingConnect else { return .needMore }
    do {
      guard let header = try FixedHeader.decode(bytes, version: version) else { return .needMore }
      if let reason = refusal(of: header) { return .close(reason) }
      guard let body = header.body(of: bytes) else { return .needMore }
      lastHeard = now
      consumed += header.packetSize
      if header.packetType == .publish {
        return receive(try Publish.decode(body, flags: header.flags, version: version))
      }
      if header.packetType == .puback {
        let puback = try PublishAcknowledgement.decode(body, kind: .puback, version: version)
        return .acknowledged(puback.packetIdentifier)
      }
      return try receive(body, header, &consumed)
    } catch {
      // [MQTT-3.1.4-1], [MQTT-4.8.0-1]
      return .close(reason(for: error))
    }
  }

  /// Judges a packet by its header alone, before anything of it is kept.
  private func refusal(of header: FixedHeader) -> CloseReason? {
    if phase == .awaitingConnect {
      // [MQTT-3.1.0-1]
      if header.packetType != .connect { return .notConnect }
      return header.packetSize > limits.connectPacketSize ? .packetTooLarge : nil
    }
    return header.packetSize > limits.packetSize ? .packetTooLarge : nil
  }

  @inline(__always)
  @_lifetime(copy publish)
  private func receive(_ publish: Publish) -> Step {
    .publish(
      IncomingPublish(
        topic: publish.header.topicName, payload: publish.payload, qos: publish.header.qos,
        isRetained: publish.header.isRetained, packetID: publish.header.packetIdentifier))
  }

  @_lifetime(copy body)
  private mutating func receive(
    _ body: Span<UInt8>, _ header: FixedHeader, _ consumed: inout Int
  ) throws(CodecError) -> Step {
    switch try Packet.decode(body, header: header, version: version) {
    case .connect(let connect): return receive(connect)
    case .acknowledgement(let acknowledgement):
      return .event(event(of: acknowledgement))
    case .subscribe(let subscribe):
      open(subscribe.packetIdentifier, subscribe.payload.count, isUnsubscribe: false, &consumed)
      return nextEntry(subscribe.payload, &consumed)
    case .unsubscribe(let unsubscribe):
      open(unsubscribe.packetIdentifier, unsubscribe.payload.count, isUnsubscribe: true, &consumed)
      return nextEntry(unsubscribe.payload, &consumed)
    // [MQTT-3.12.4-1]
    case .pingreq: return .ping
    // [MQTT-3.14.4-2]
    case .disconnect: return .close(.disconnected)
    case .publish, .connack, .suback, .unsuback, .pingresp, .auth: return .close(.unexpectedPacket)
    }
  }

  @_lifetime(immortal)
  private func event(of acknowledgement: PublishAcknowledgement) -> LinkEvent {
    switch acknowledgement.kind {
    case .puback: .acknowledged(acknowledgement.packetIdentifier)
    case .pubrec: .received(acknowledgement.packetIdentifier)
    case .pubrel: .released(acknowledgement.packetIdentifier)
    case .pubcomp: .completed(acknowledgement.packetIdentifier)
    }
  }

  @_lifetime(copy connect)
  private mutating func receive(_ connect: Connect) -> Step {
    // [MQTT-3.1.0-2]
    guard phase == .awaitingConnect else { return .close(.unexpectedPacket) }
    guard connect.version != .mqtt50 else { return .close(.unsupportedVersion) }
    version = connect.version
    keepAlive = connect.keepAlive
    if limits.keepAlive > 0, keepAlive == 0 || keepAlive > limits.keepAlive {
      return .close(.keepAliveTooLong)
    }
    phase = .connecting
    var request = SessionRequest(
      clientID: connect.clientIdentifier, isCleanStart: connect.isCleanSession,
      // [MQTT-3.1.2-6] a clean session ends with the connection, another one is kept.
      sessionExpiry: connect.isCleanSession ? 0 : limits.keptSessionExpiry,
      traits: LinkTraits(receiveMaximum: limits.receiveMaximum))
    if let will = connect.will {
      request.willTopic = will.topicName
      request.willPayload = will.payload
      request.willQoS = will.qos
      request.isWillRetained = will.isRetained
    }
    if let userName = connect.userName { request.userName = userName }
    return .event(.open(request))
  }

  private mutating func open(
    _ packetID: PacketIdentifier, _ count: Int, isUnsubscribe: Bool, _ consumed: inout Int
  ) {
    openRequest = OpenRequest(
      packetID: packetID, remainingCount: count, isUnsubscribe: isUnsubscribe)
    consumed -= count
  }

  /// The next filter of the open request, which starts at `bytes`.
  @_lifetime(copy bytes)
  private mutating func nextEntry(_ bytes: Span<UInt8>, _ consumed: inout Int) -> Step {
    guard let request = openRequest, request.remainingCount <= bytes.count else {
      return .needMore
    }
    let entries = bytes.extracting(0..<request.remainingCount)
    do {
      return request.isUnsubscribe
        ? try nextUnsubscription(entries, request, &consumed)
        : try nextSubscription(entries, request, &consumed)
    } catch {
      return .close(reason(for: error))
    }
  }

  @_lifetime(copy entries)
  private mutating func nextSubscription(
    _ entries: Span<UInt8>, _ request: OpenRequest, _ consumed: inout Int
  ) throws(CodecError) -> Step {
    var reader = SubscriptionRequests(entries, version: version)
    guard let entry = try reader.next() else { return .needMore }
    advance(past: entries.count - reader.remainingCount, &consumed)
    return .event(
      .subscribe(
        .init(
          filter: entry.topicFilter, qos: entry.qos, packetID: request.packetID,
          isLast: openRequest == nil)))
  }

  @_lifetime(copy entries)
  private mutating func nextUnsubscription(
    _ entries: Span<UInt8>, _ request: OpenRequest, _ consumed: inout Int
  ) throws(CodecError) -> Step {
    var reader = TopicFilters(entries)
    guard let filter = try reader.next() else { return .needMore }
    advance(past: entries.count - reader.remainingCount, &consumed)
    return .event(
      .unsubscribe(
        .init(filter: filter, packetID: request.packetID, isLast: openRequest == nil)))
  }

  private mutating func advance(past count: Int, _ consumed: inout Int) {
    consumed += count
    openRequest?.remainingCount -= count
    if openRequest?.remainingCount == 0 { openRequest = nil }
  }

  private func reason(for error: CodecError) -> CloseReason {
    switch error {
    case .unsupportedProtocolName, .unsupportedProtocolLevel: .unsupportedVersion
    default: .malformed(error)
    }
  }
}

import MQTTCodec
import MQTTTerms
import SessionLink

extension Connection {
  /// Reads the next packet at the start of `bytes`; `consumed` grows by what was used.
  @_lifetime(copy bytes)
  public mutating func receive(
    _ bytes: Span<UInt8>, consumed: inout Int, at now: LinkTime
  ) -> Step {
    guard phase == .connected, openRequest == nil else { return .further }
    do {
      guard let header = try FixedHeader.decode(bytes, version: version) else { return .needMore }
      guard header.packetType == .publish || header.packetType == .puback else { return .further }
      if header.packetSize > limits.packetSize(of: header.packetType) {
        return .close(.packetTooLarge)
      }
      guard let body = header.body(of: bytes) else { return .needMore }
      lastHeard = now
      consumed += header.packetSize
      if header.packetType == .publish {
        return receive(try Publish.decode(body, flags: header.flags, version: version))
      }
      let puback = try PublishAcknowledgement.decode(body, kind: .puback, version: version)
      return .acknowledged(puback.packetIdentifier)
    } catch {
      // [MQTT-4.8.0-1] [MQTT5-4.13.2-1]
      return .close(.malformed(error))
    }
  }

  /// Reads on where `receive` has found something that comes seldom.
  @_lifetime(copy bytes)
  public mutating func receiveFurther(
    _ bytes: Span<UInt8>, consumed: inout Int, at now: LinkTime
  ) -> FurtherStep {
    if openRequest != nil { return nextEntry(bytes, &consumed) }
    // [MQTT-3.1.4-5] [MQTT5-3.1.4-6] nothing behind a CONNECT is read before it is accepted.
    guard phase != .connecting, phase != .closed else { return .needMore }
    do {
      guard let header = try FixedHeader.decode(bytes, version: expectedVersion) else {
        return .needMore
      }
      if let reason = refusal(of: header) { return .close(reason) }
      guard let body = header.body(of: bytes) else { return .needMore }
      lastHeard = now
      consumed += header.packetSize
      if phase == .awaitingConnect { noteVersion(of: body) }
      return try receive(body, header, &consumed)
    } catch {
      // [MQTT-3.1.4-1], [MQTT-4.8.0-1] [MQTT5-3.1.4-1] [MQTT5-4.13.1-1] [MQTT5-4.13.2-1]
      return .close(reason(for: error))
    }
  }

  /// Before the CONNECT every packet type is known, so that it is told what is wrong with it.
  private var expectedVersion: ProtocolVersion { phase == .awaitingConnect ? .mqtt50 : version }

  /// Notes that a CONNECT is one of 5.0, so that the peer is told what is wrong with it.
  private mutating func noteVersion(of body: Span<UInt8>) {
    let start: InlineArray<7, UInt8> = [0, 4, 0x4D, 0x51, 0x54, 0x54, 5]
    guard body.count >= start.count else { return }
    for index in start.indices where body[index] != start[index] { return }
    version = .mqtt50
  }

  /// Judges a packet by its header alone, before anything of it is kept.
  @inline(__always)
  private func refusal(of header: FixedHeader) -> CloseReason? {
    if phase != .connected, let reason = refusal(ofEarly: header.packetType) { return reason }
    return header.packetSize > limits.packetSize(of: header.packetType) ? .packetTooLarge : nil
  }

  private func refusal(ofEarly type: PacketType) -> CloseReason? {
    switch phase {
    // [MQTT-3.1.0-1] [MQTT5-3.1.0-1]
    case .awaitingConnect: type == .connect ? nil : .notConnect
    // [MQTT5-3.1.2-30] no other packets before the CONNACK.
    case .authenticating: type == .auth || type == .disconnect ? nil : .unexpectedPacket
    default: nil
    }
  }

  @inline(__always)
  @_lifetime(copy publish)
  private mutating func receive(_ publish: Publish) -> Step {
    // [MQTT5-3.2.2-11] and [MQTT5-3.2.2-14] are the client's; it is closed if it does not keep to
    // them.
    if publish.header.qos > limits.maximumQoS { return .close(.qosNotSupported) }
    if publish.header.isRetained, !limits.isRetainAvailable { return .close(.retainNotSupported) }
    if !publish.header.properties.isEmpty || isMounted { return receiveCarrying(publish) }
    return .publish(
      IncomingPublish(
        topic: publish.header.topicName, payload: publish.payload, qos: publish.header.qos,
        isRetained: publish.header.isRetained, packetID: publish.header.packetIdentifier,
        properties: publish.header.properties.bytes))
  }

  /// Takes a PUBLISH with properties, or one below a mount point.
  @_lifetime(copy publish)
  private mutating func receiveCarrying(_ publish: Publish) -> Step {
    if hasTooMany(publish.header.properties) { return .close(.tooManyProperties) }
    let carried = carry(publish.header.properties)
    // [MQTT5-3.3.4-6]
    if carried.hasSubscriptionIdentifier, !isCaller {
      return .close(.subscriptionIdentifierFromClient)
    }
    var topic = publish.header.topicName
    if carried.alias > 0 {
      // [MQTT5-3.3.2-7], [MQTT5-3.3.2-9]
      guard carried.alias <= limits.topicAliases else { return .close(.topicAliasInvalid) }
      if topic.isEmpty {
        guard extras[].incomingAliases.contains(carried.alias) else {
          return .close(.topicAliasUnknown)
        }
        topic = extras[].incomingAliases.topic(carried.alias)
      } else {
        extras[].incomingAliases.set(carried.alias, to: topic)
      }
    }
    guard let place = mounted(topic) else { return .close(.topicTooLong) }
    return .publish(
      IncomingPublish(
        topic: place, payload: publish.payload, qos: publish.header.qos,
        isRetained: publish.header.isRetained, packetID: publish.header.packetIdentifier,
        properties: carried.properties, expiry: carried.expiry, isText: carried.isText))
  }

  @_lifetime(copy body)
  private mutating func receive(
    _ body: Span<UInt8>, _ header: FixedHeader, _ consumed: inout Int
  ) throws(CodecError) -> FurtherStep {
    switch try Packet.decode(body, header: header, version: version) {
    case .connect(let connect): return receive(connect)
    case .acknowledgement(let acknowledgement):
      return .event(event(of: acknowledgement))
    case .subscribe(let subscribe): return open(subscribe, &consumed)
    case .unsubscribe(let unsubscribe):
      if hasTooMany(unsubscribe.properties) { return .close(.tooManyProperties) }
      open(unsubscribe.packetIdentifier, unsubscribe.payload.count, &consumed)
      return nextEntry(unsubscribe.payload, &consumed)
    // [MQTT-3.12.4-1] [MQTT5-3.12.4-1]
    case .pingreq: return .ping
    case .disconnect(let disconnect): return try receive(disconnect)
    case .auth(let auth): return try receive(auth)
    // [MQTT5-3.14.0-1] and others: what only a server sends.
    case .publish, .connack, .suback, .unsuback, .pingresp: return .close(.unexpectedPacket)
    }
  }

  @_lifetime(immortal)
  func event(of acknowledgement: PublishAcknowledgement) -> LinkEvent {
    let id = acknowledgement.packetIdentifier
    switch acknowledgement.kind {
    case .puback: return .acknowledged(id)
    // [MQTT5-4.3.3-4] only a PUBREC of success is answered by PUBREL.
    case .pubrec: return acknowledgement.reasonCode.isFailure ? .rejected(id) : .received(id)
    case .pubrel: return .released(id)
    case .pubcomp: return .completed(id)
    }
  }

  private func reason(for error: CodecError) -> CloseReason {
    switch error {
    case .unsupportedProtocolName, .unsupportedProtocolLevel: .unsupportedVersion
    default: .malformed(error)
    }
  }
}

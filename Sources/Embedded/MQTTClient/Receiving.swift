import MQTTCodec
import MQTTTerms

extension Client {
  /// Reads what the server sent, from `bytes[consumed]` on, up to the next event, and moves
  /// `consumed` past what was read. Nil: a packet is incomplete, or answers must be fetched
  /// first, or the connection is over.
  ///
  /// Call it until it is nil, then `nextTransmit`, and both again while `nextTransmit` had
  /// something. Keep the bytes that were not consumed in front of those that come next.
  @_lifetime(copy bytes)
  public mutating func receive(
    _ bytes: Span<UInt8>, consumed: inout Int, at now: TickTime
  ) -> ClientEvent? {
    clock = now
    while phase != .disconnected, !answers.isFull {
      guard consumed >= 0, consumed < bytes.count else { return nil }
      let rest = bytes.extracting(consumed..<bytes.count)
      do throws(CodecError) {
        guard let header = try FixedHeader.decode(rest, version: version) else { return nil }
        guard isExpected(header.packetType) else { return close(.unexpected(header.packetType)) }
        guard mayHaveSize(header.packetSize) else { return close(.packetTooLarge) }
        guard let body = header.body(of: rest) else { return nil }
        consumed += header.packetSize
        liveness.received(at: now, answerBy: now.advanced(by: responseTimeout))
        if let event = try take(body, header) { return event }
      } catch { return close(.malformed(error)) }
    }
    return nil
  }

  private func mayHaveSize(_ size: Int) -> Bool {
    size <= packetLimit && UInt32(truncatingIfNeeded: size) <= promises.maximumPacketSize
  }

  /// Whether a server may send such a packet now: first a CONNACK, and only one [MQTT-3.2.0-1]; in
  /// 5.0 AUTH before it and always a farewell.
  private func isExpected(_ type: PacketType) -> Bool {
    switch type {
    case .connack: phase == .connecting
    case .publish, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp:
      phase == .connected
    case .disconnect, .auth: version == .mqtt50
    default: false
    }
  }

  /// Takes one packet; nil when it is nothing that the application needs to know.
  @_lifetime(copy body)
  private mutating func take(
    _ body: Span<UInt8>, _ header: FixedHeader
  ) throws(CodecError) -> ClientEvent? {
    switch header.packetType {
    case .connack: return try connectionAnswered(try Connack.decode(body, version: version))
    case .publish:
      return messageArrived(try Publish.decode(body, flags: header.flags, version: version))
    case .puback: return publicationAcknowledged(try acknowledgement(body, .puback))
    case .pubrec: return publicationReceived(try acknowledgement(body, .pubrec))
    case .pubrel:
      messageReleased(try acknowledgement(body, .pubrel).packetIdentifier)
      return nil
    case .pubcomp: return publicationCompleted(try acknowledgement(body, .pubcomp))
    case .suback: return subscriptionAnswered(try Suback.decode(body, version: version))
    case .unsuback: return unsubscriptionAnswered(try Unsuback.decode(body, version: version))
    case .disconnect: return try serverLeft(try Disconnect.decode(body, version: version))
    case .auth: return try authenticationContinued(try Auth.decode(body, version: version))
    default:
      guard body.isEmpty else { throw .trailingBytes }
      liveness.answered()
      return nil
    }
  }

  @_lifetime(copy body)
  private func acknowledgement(
    _ body: Span<UInt8>, _ kind: PublishAcknowledgement.Kind
  ) throws(CodecError) -> PublishAcknowledgement {
    try PublishAcknowledgement.decode(body, kind: kind, version: version)
  }
}

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
        guard header.packetSize <= packetLimit else { return close(.packetTooLarge) }
        guard let body = header.body(of: rest) else { return nil }
        consumed += header.packetSize
        liveness.received(at: now, answerBy: now.advanced(by: responseTimeout))
        if let event = try take(body, header) { return event }
      } catch { return close(.malformed(error)) }
    }
    return nil
  }

  /// Whether a server may send such a packet now: first a CONNACK, and only one [MQTT-3.2.0-1].
  private func isExpected(_ type: PacketType) -> Bool {
    switch type {
    case .connack: phase == .connecting
    case .publish, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp:
      phase == .connected
    default: false
    }
  }

  /// Takes one packet; nil when it is nothing that the application needs to know.
  @_lifetime(copy body)
  private mutating func take(
    _ body: Span<UInt8>, _ header: FixedHeader
  ) throws(CodecError) -> ClientEvent? {
    switch header.packetType {
    case .connack: return connectionAnswered(try Connack.decode(body, version: version))
    case .publish:
      return messageArrived(try Publish.decode(body, flags: header.flags, version: version))
    case .puback: return publicationAcknowledged(try identifier(body, .puback))
    case .pubrec: return publicationReceived(try identifier(body, .pubrec))
    case .pubrel:
      messageReleased(try identifier(body, .pubrel))
      return nil
    case .pubcomp: return publicationCompleted(try identifier(body, .pubcomp))
    case .suback: return subscriptionAnswered(try Suback.decode(body, version: version))
    case .unsuback: return unsubscriptionAnswered(try Unsuback.decode(body, version: version))
    default:
      guard body.isEmpty else { throw .trailingBytes }
      liveness.answered()
      return nil
    }
  }

  private func identifier(
    _ body: Span<UInt8>, _ kind: PublishAcknowledgement.Kind
  ) throws(CodecError) -> PacketIdentifier {
    try PublishAcknowledgement.decode(body, kind: kind, version: version).packetIdentifier
  }
}

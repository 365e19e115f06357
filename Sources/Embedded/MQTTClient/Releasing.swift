import MQTTCodec
import MQTTTerms

extension Client {
  /// Takes a PUBACK; nil when no message of QoS 1 waited for it.
  @_lifetime(copy puback)
  mutating func publicationAcknowledged(_ puback: PublishAcknowledgement) -> ClientEvent? {
    let identifier = puback.packetIdentifier
    guard case .publish(.atLeastOnce)? = inFlight.entry(of: identifier)?.request else {
      return nil
    }
    // [MQTT5-4.3.2-3] [MQTT5-4.4.0-2]
    inFlight.remove(identifier)
    return puback.reasonCode.isFailure ? .rejected(puback) : .published(puback)
  }

  /// Takes a PUBREC: from now on the message is not sent again, only its PUBREL [MQTT-4.3.3-1]
  /// [MQTT5-4.3.3-3] [MQTT5-4.3.3-4] [MQTT5-4.3.3-6]. Nil when that was known, or no message of
  /// QoS 2 waited for it.
  @_lifetime(copy pubrec)
  mutating func publicationReceived(_ pubrec: PublishAcknowledgement) -> ClientEvent? {
    let identifier = pubrec.packetIdentifier
    guard let entry = inFlight.entry(of: identifier) else {
      // The server keeps an identifier that this client does not know, until it is released.
      if !pubrec.reasonCode.isFailure {
        answers.append(.pubrel, identifier, .packetIdentifierNotFound)
      }
      return nil
    }
    guard entry.isExactlyOnce else { return nil }
    if pubrec.reasonCode.isFailure, !entry.isReceived { return refused(pubrec, entry) }
    inFlight.release(identifier, as: entry.request)
    return entry.isReceived ? nil : .received(pubrec)
  }

  /// Takes a PUBREC that ends the delivery; nil when the application has given the message up.
  @_lifetime(copy pubrec)
  private mutating func refused(
    _ pubrec: PublishAcknowledgement, _ entry: InFlight<window>.Entry
  ) -> ClientEvent? {
    // [MQTT5-4.4.0-2]
    inFlight.remove(entry.identifier)
    if case .abandoned = entry.request { return nil }
    return .rejected(pubrec)
  }

  /// Takes a PUBCOMP; nil when no message waited for it.
  @_lifetime(copy pubcomp)
  mutating func publicationCompleted(_ pubcomp: PublishAcknowledgement) -> ClientEvent? {
    let identifier = pubcomp.packetIdentifier
    guard let entry = inFlight.entry(of: identifier), entry.isReceived else { return nil }
    // [MQTT5-4.3.3-5]
    inFlight.remove(identifier)
    if case .abandoned = entry.request { return nil }
    return .published(pubcomp)
  }

  @_lifetime(output: copy output)
  mutating func transmitReleases(into output: inout OutputRawSpan) {
    while let identifier = inFlight.firstToRelease {
      let pubrel = PublishAcknowledgement(.pubrel, identifier)
      do { try pubrel.encode(into: &output, version: version) } catch { return }
      inFlight.markReleased(identifier)
      liveness.sent(at: clock)
    }
  }
}

extension InFlight.Entry {
  /// Whether the server has the message, and PUBREL is due or sent.
  fileprivate var isReceived: Bool { stage == .mustRelease || stage == .released }

  fileprivate var isExactlyOnce: Bool {
    switch request {
    case .publish(.exactlyOnce), .abandoned: true
    default: false
    }
  }
}

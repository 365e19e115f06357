import MQTTCodec
import MQTTTerms

extension Client {
  /// Takes a PUBACK; nil when no message of QoS 1 waited for it.
  @_lifetime(immortal)
  mutating func publicationAcknowledged(_ identifier: PacketIdentifier) -> ClientEvent? {
    guard case .publish(.atLeastOnce)? = inFlight.entry(of: identifier)?.request else {
      return nil
    }
    inFlight.remove(identifier)
    return .published(identifier)
  }

  /// Takes a PUBREC: from now on the message is not sent again, only its PUBREL [MQTT-4.3.3-1].
  /// Nil when that was known, or no message of QoS 2 waited for it.
  @_lifetime(immortal)
  mutating func publicationReceived(_ identifier: PacketIdentifier) -> ClientEvent? {
    guard let entry = inFlight.entry(of: identifier) else {
      // The server keeps an identifier that this client does not know, until it is released.
      answers.append(.pubrel, identifier)
      return nil
    }
    guard entry.isExactlyOnce else { return nil }
    inFlight.release(identifier, as: entry.request)
    return entry.isReceived ? nil : .received(identifier)
  }

  /// Takes a PUBCOMP; nil when no message waited for it.
  @_lifetime(immortal)
  mutating func publicationCompleted(_ identifier: PacketIdentifier) -> ClientEvent? {
    guard let entry = inFlight.entry(of: identifier), entry.isReceived else { return nil }
    inFlight.remove(identifier)
    if case .abandoned = entry.request { return nil }
    return .published(identifier)
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

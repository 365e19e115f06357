import MQTTSNCodec
import MQTTTerms
import WireBytes

extension Client {
  /// The first half of QoS 2 is done: PUBREL takes the place of the PUBLISH [SN 6.6].
  mutating func receive(_ message: Pubrec) {
    guard isAnswer(to: .publish, message.messageID), isExactlyOnce else { return }
    // A PUBREL is shorter than any PUBLISH.
    try? start(.release, Pubrel(messageID: message.messageID), at: now)
  }

  mutating func receive(_ message: Pubcomp) {
    guard isAnswer(to: .release, message.messageID) else { return }
    if finish(.release, .accepted) { event = .published }
  }

  private var isExactlyOnce: Bool {
    Flags(rawValue: octets[flagsIndex]).publishQoS == .exactlyOnce
  }
}

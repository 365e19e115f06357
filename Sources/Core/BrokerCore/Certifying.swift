import MQTTTerms
import SessionLink
import Slabs

// What a broker that is aware of Sparkplug does [Sparkplug 3.0, 10.1.4]: the latest birth of each node
// and each device stays where hosts that come later find it.
extension Broker {
  /// What the topic of a birth is appended to.
  private static var certificates: [UInt8] { Array("$sparkplug/certificates/".utf8) }

  /// Whether a topic is that of a certificate.
  func isCertificate(_ topic: Span<UInt8>) -> Bool {
    guard !topic.isEmpty, topic[0] == UInt8(ascii: "$") else { return false }
    let start = Self.certificates
    return topic.count >= start.count
      && isSameName(topic.extracting(0..<start.count), start.span)
  }

  /// Whether a message on a topic is a birth: `spBv1.0/GROUP/NBIRTH/NODE`, or
  /// `spBv1.0/GROUP/DBIRTH/NODE/DEVICE`.
  func isBirth(_ topic: Span<UInt8>) -> Bool {
    guard topic.count > 8, topic[0] == UInt8(ascii: "s"), topic[7] == UInt8(ascii: "/") else {
      return false
    }
    let levels = topic.indices.map { topic[$0] }
      .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard levels[0].elementsEqual("spBv1.0".utf8), levels.allSatisfy({ !$0.isEmpty }) else {
      return false
    }
    return (levels.count == 4 && levels[2].elementsEqual("NBIRTH".utf8))
      || (levels.count == 5 && levels[2].elementsEqual("DBIRTH".utf8))
  }

  /// Keeps a birth as the certificate of its node or device, and hands it to who waits for one.
  mutating func certify(_ birth: borrowing IncomingPublish, _ commands: inout CommandQueue) {
    var topic = Slab<UInt8>()
    topic.append(contentsOf: Self.certificates.span)
    topic.append(contentsOf: birth.topic)
    guard isTopicName(topic.span) else { return }
    let certificate = IncomingPublish(
      topic: topic.span, payload: birth.payload, qos: birth.qos, isRetained: true,
      packetID: .none, properties: birth.properties, expiry: birth.expiry)
    keep(certificate, of: Identities.none)
    _ = distribute(certificate, from: nil, at: resolve(certificate.topic), &commands)
  }
}

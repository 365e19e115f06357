import MQTTTerms

/// A Control Packet that was received or is sent, or a part of one, for the log.
public struct TracedPacket: Sendable {
  /// Whose connection it is, printable.
  public var clientID: String
  /// What there is to tell.
  public var content: Content

  /// The packets, by what there is to tell of them.
  public enum Content: Sendable {
    /// A packet was received of which only its name is told.
    case received(name: String)
    /// A PUBACK, PUBREC, PUBREL or PUBCOMP was received.
    case receivedAnswer(name: String, PacketIdentifier)
    /// A PUBLISH was received.
    case receivedPublish(Publish)
    /// A packet is sent of which only its name is told.
    case sent(name: String)
    /// A CONNACK is sent.
    case sentConnack(isSessionPresent: Bool, code: UInt8)
    /// An answer to a PUBLISH is sent; without a reason where there is never one.
    case sentAnswer(name: String, PacketIdentifier, reason: UInt8?)
    /// A PUBLISH is sent.
    case sentPublish(Publish)
    /// A filter in a SUBSCRIBE; without QoS in an UNSUBSCRIBE, and for the topic of a will.
    case filter(String, QoS?)
    /// The will in a CONNECT; nil where there is none.
    case will(Publish?)
  }

  /// What is told of a message.
  public struct Publish: Sendable {
    /// DUP.
    public var isDuplicate: Bool
    /// The QoS.
    public var qos: QoS
    /// RETAIN.
    public var isRetained: Bool
    /// The identifier; none at QoS 0.
    public var packetID: PacketIdentifier
    /// The Topic Name, printable.
    public var topic: String
    /// Octets of the payload.
    public var size: Int
  }
}

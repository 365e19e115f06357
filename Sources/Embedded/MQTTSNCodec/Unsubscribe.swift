import MQTTTerms
import WireBytes

/// UNSUBSCRIBE: a client does not want the messages of a topic any more [SN 5.4.17].
@frozen
public struct Unsubscribe: EncodableMessage, ~Escapable {
  /// The MsgId that the UNSUBACK repeats.
  public let messageID: PacketIdentifier
  /// The topic.
  public let topic: SubscriptionTopic

  /// An UNSUBSCRIBE with these fields.
  @inlinable
  @_lifetime(copy topic)
  public init(topic: consuming SubscriptionTopic, messageID: PacketIdentifier) {
    self.messageID = messageID
    self.topic = topic
  }

  /// Decodes the body of an UNSUBSCRIBE; only the TopicIdType of its Flags is looked at.
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 3 else { throw .truncated }
    messageID = PacketIdentifier(bigEndian(body, at: 1))
    topic = SubscriptionTopic(Flags(rawValue: body[0]), body.extracting(droppingFirst: 3))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .unsubscribe }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 3 + topic.size }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(topic.typeBits)
    output.append(bigEndian: messageID.rawValue)
    topic.append(to: &output)
  }
}

/// UNSUBACK: the answer to UNSUBSCRIBE; it cannot refuse [SN 5.4.18].
@frozen
public struct Unsuback: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The MsgId of the request that this belongs to.
  public var messageID: PacketIdentifier

  /// A UNSUBACK with that MsgId.
  @inlinable
  public init(messageID: PacketIdentifier) { self.messageID = messageID }

  /// Decodes the body of a UNSUBACK.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 2)
    self.init(messageID: PacketIdentifier(bigEndian(body, at: 0)))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .unsuback }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 2 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: messageID.rawValue)
  }
}

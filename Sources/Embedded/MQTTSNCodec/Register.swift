import MQTTTerms
import WireBytes

/// REGISTER: a client asks for the id of a topic name, or the gateway tells it [SN 5.4.10].
@frozen
public struct Register: EncodableMessage, ~Escapable {
  /// The id that the gateway assigned; 0 when a client sends it.
  public let topicID: UInt16
  /// The MsgId that the REGACK repeats.
  public let messageID: PacketIdentifier
  /// The topic name: at least one octet of UTF-8. Wildcards are not looked for here.
  public let topicName: Span<UInt8>

  /// A REGISTER with these fields.
  @inlinable
  @_lifetime(copy topicName)
  public init(topicID: UInt16, messageID: PacketIdentifier, topicName: Span<UInt8>) {
    self.topicID = topicID
    self.messageID = messageID
    self.topicName = topicName
  }

  /// Decodes the body of a REGISTER.
  ///
  /// Errors: `truncated` also for an empty name, `malformedString`.
  @_lifetime(copy body)
  public init(body: Span<UInt8>) throws(CodecError) {
    guard body.count >= 5 else { throw .truncated }
    topicID = bigEndian(body, at: 0)
    messageID = PacketIdentifier(bigEndian(body, at: 2))
    topicName = body.extracting(droppingFirst: 4)
    guard isWellFormedString(topicName) else { throw .malformedString }
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .register }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 4 + topicName.count }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: topicID)
    output.append(bigEndian: messageID.rawValue)
    output.append(bytes: topicName)
  }
}

/// REGACK: the answer to REGISTER [SN 5.4.11].
@frozen
public struct Regack: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The TopicId field of the request, or the id that it got.
  public var topicID: UInt16
  /// The MsgId of the request.
  public var messageID: PacketIdentifier
  /// Whether the request was accepted.
  public var returnCode: ReturnCode

  /// A REGACK with these fields.
  @inlinable
  public init(topicID: UInt16, messageID: PacketIdentifier, returnCode: ReturnCode) {
    self.topicID = topicID
    self.messageID = messageID
    self.returnCode = returnCode
  }

  /// Decodes the body of a REGACK.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 5)
    self.init(
      topicID: bigEndian(body, at: 0), messageID: PacketIdentifier(bigEndian(body, at: 2)),
      returnCode: ReturnCode(rawValue: body[4]))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .regack }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 5 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: topicID)
    output.append(bigEndian: messageID.rawValue)
    output.append(returnCode.rawValue)
  }
}

import MQTTTerms
import WireBytes

/// PUBREC: the first answer to PUBLISH at QoS 2 [SN 5.4.14].
@frozen
public struct Pubrec: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The MsgId of the request that this belongs to.
  public var messageID: PacketIdentifier

  /// A PUBREC with that MsgId.
  @inlinable
  public init(messageID: PacketIdentifier) { self.messageID = messageID }

  /// Decodes the body of a PUBREC.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 2)
    self.init(messageID: PacketIdentifier(bigEndian(body, at: 0)))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .pubrec }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 2 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: messageID.rawValue)
  }
}

/// PUBREL: the answer to PUBREC [SN 5.4.14].
@frozen
public struct Pubrel: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The MsgId of the request that this belongs to.
  public var messageID: PacketIdentifier

  /// A PUBREL with that MsgId.
  @inlinable
  public init(messageID: PacketIdentifier) { self.messageID = messageID }

  /// Decodes the body of a PUBREL.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 2)
    self.init(messageID: PacketIdentifier(bigEndian(body, at: 0)))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .pubrel }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 2 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: messageID.rawValue)
  }
}

/// PUBCOMP: the answer to PUBREL [SN 5.4.14].
@frozen
public struct Pubcomp: EncodableMessage, BitwiseCopyable, Sendable, Equatable {
  /// The MsgId of the request that this belongs to.
  public var messageID: PacketIdentifier

  /// A PUBCOMP with that MsgId.
  @inlinable
  public init(messageID: PacketIdentifier) { self.messageID = messageID }

  /// Decodes the body of a PUBCOMP.
  @inlinable
  public init(body: Span<UInt8>) throws(CodecError) {
    try requireBody(body, of: 2)
    self.init(messageID: PacketIdentifier(bigEndian(body, at: 0)))
  }

  /// The MsgType octet.
  @inlinable public static var type: MessageType { .pubcomp }
  /// The octets of the body.
  @inlinable public var bodySize: Int { 2 }

  /// Appends the body; the room has been checked.
  @inlinable
  @_lifetime(output: copy output)
  public func appendBody(to output: inout OutputRawSpan) {
    output.append(bigEndian: messageID.rawValue)
  }
}
